import { viewOf, year2000Day } from '../../copy-format/copy-binary.ts';
import { FieldsFile } from '../../copy-format/fields-file.ts';
import { readRecordAt, readRecords } from '../../staging/staged-records.ts';
import { StagedFileDamagedError, type SealedFile, type StagedFileSeal } from '../../staging/staged-file.ts';
import { exponentOf } from '../../pricing/known-exponent.ts';
import type { Market } from './market-numbers.ts';

/** The fields of a sale that passed validation. */
export interface CheckedSale extends Market {
  readonly orderId: string;
  readonly customerId: string;
  /** In minor units of the currency. */
  readonly amountMinor: bigint;
  /** Milliseconds since 1970-01-01T00:00:00Z, and 0 to 999 microseconds more. */
  readonly timestampMs: number;
  readonly microseconds: number;
  /** The date at the message's own offset, in days since 1970. */
  readonly localDay: number;
}

/** Where a sale's record comes from. */
export interface Coordinates {
  readonly partition: number;
  readonly epoch: number;
  readonly offset: number;
  /** Its time in Kafka, in milliseconds since 1970-01-01T00:00:00Z. */
  readonly recordMs: number;
  /** Where the record's frame begins in its staged file. */
  readonly framePosition: number;
}

/**
 * A staged transaction, big-endian: u32 size, u32 market, f64 frame position, f64 event time, u64 amount, f64 time in
 * Kafka; then the columns that are known after validation (`givenColumns`), just as COPY takes them, so that the transform hands their bytes
 * on. Each begins at a multiple of 8 bytes.
 */
const headBytes = 40;
const alignment = 8;
/** More than its columns can take. */
const sizeMax = 4096;

/** Columns of a staged transaction, in its order. */
export const givenColumns = [
  'order_id',
  'customer_id',
  'content_hash',
  'transaction_timestamp',
  'tax_date',
  'kafka_offset',
  'kafka_partition',
  'kafka_epoch',
  'amount',
  'currency',
  'product_category',
  'country',
] as const;

/** Where values stand behind the two ids, which are the only ones before them that have no fixed length. */
const [contentHashAt, timestampAt, taxDateAt, offsetAt, partitionAt] = [4, 24, 36, 44, 56];
/** So much of a digest counts. */
export const contentHashBytes = 16;
const timestampBytes = 8;

/** Writes a file of staged transactions. */
export class ValidFileWriter implements Disposable {
  readonly #file: FieldsFile;

  constructor(path: string) {
    this.#file = new FieldsFile(path);
  }

  /**
   * @param contentDigest - In hexadecimal digits, of which the first 32 are the content hash.
   * @param marketNumber - Of the sale's market, among those of the batch.
   */
  write(sale: CheckedSale, contentDigest: string, marketNumber: number, coordinates: Coordinates): void {
    const fields = this.#file.next();
    const at = fields.zeros(headBytes);
    fields.text(sale.orderId);
    fields.text(sale.customerId);
    fields.byteArray(contentDigest, contentHashBytes);
    fields.timestamp(sale.timestampMs, sale.microseconds);
    fields.date(sale.localDay);
    fields.bigint(coordinates.offset);
    fields.integer(coordinates.partition);
    fields.integer(coordinates.epoch);
    fields.money(sale.amountMinor, exponentOf(sale.currency));
    fields.text(sale.currency);
    fields.text(sale.productCategory);
    if (sale.country === '') fields.null();
    else fields.text(sale.country);
    const size = fields.length - at;
    fields.zeros(aligned(size) - size);
    const { view } = fields;
    view.setUint32(at, size);
    view.setUint32(at + 4, marketNumber);
    view.setFloat64(at + 8, coordinates.framePosition);
    view.setFloat64(at + 16, sale.timestampMs);
    view.setBigUint64(at + 24, sale.amountMinor);
    view.setFloat64(at + 32, coordinates.recordMs);
  }

  seal(): StagedFileSeal {
    return this.#file.seal();
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }
}

/**
 * A staged transaction as it is read. What figures are computed from stands in fields; the rest stays bytes, and its texts are
 * made when they are asked for.
 */
export class ValidTransaction {
  /** It begins at `at`; its fields end at `fieldsEnd`. */
  readonly source: Buffer;
  readonly at: number;
  readonly fieldsEnd: number;
  /** Where it begins among all of its batch, in units of 8 bytes. */
  readonly place: number;
  readonly marketNumber: number;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly timestampMs: number;
  /** In minor units of the currency. */
  readonly amountMinor: bigint;
  /** Its time in the order of arrival, where the order of the offsets does not say all: see `inOrderOfArrival`. */
  arrivedMs: number | null = null;
  readonly #view: DataView;

  constructor(source: Buffer, view: DataView, at: number, place: number) {
    this.source = source;
    this.at = at;
    this.place = place;
    this.fieldsEnd = at + view.getUint32(at);
    this.marketNumber = view.getUint32(at + 4);
    this.timestampMs = view.getFloat64(at + 16);
    this.amountMinor = view.getBigUint64(at + 24);
    this.#view = view;
  }

  get framePosition(): number {
    return this.#view.getFloat64(this.at + 8);
  }

  /** The record's time in Kafka, in milliseconds since 1970-01-01T00:00:00Z. */
  get recordMs(): number {
    return this.#view.getFloat64(this.at + 32);
  }

  get fieldsAt(): number {
    return this.at + headBytes;
  }

  /** The id's bytes in the source: so many from here on. */
  get orderIdAt(): number {
    return this.fieldsAt + 4;
  }

  get orderIdEnd(): number {
    return this.orderIdAt + this.#view.getInt32(this.fieldsAt);
  }

  get orderId(): string {
    return this.source.toString('utf8', this.orderIdAt, this.orderIdEnd);
  }

  get customerIdAt(): number {
    return this.orderIdEnd + 4;
  }

  get customerIdEnd(): number {
    const { orderIdEnd } = this;
    return orderIdEnd + 4 + this.#view.getInt32(orderIdEnd);
  }

  /** 32 hexadecimal digits over all fields that the customer would call the sale. */
  get contentHash(): string {
    const at = this.customerIdEnd + contentHashAt;
    return this.source.toString('hex', at, at + contentHashBytes);
  }

  /** Fields as COPY takes them: where they begin and end in the source. */
  get orderIdField(): readonly [start: number, end: number] {
    return [this.fieldsAt, this.orderIdEnd];
  }

  get customerIdField(): readonly [start: number, end: number] {
    return [this.orderIdEnd, this.customerIdEnd];
  }

  get timestampField(): readonly [start: number, end: number] {
    const end = this.customerIdEnd + timestampAt + timestampBytes;
    return [end - timestampBytes - 4, end];
  }

  /** The date at the message's own offset, in days since 1970. */
  get localDay(): number {
    return this.#view.getInt32(this.customerIdEnd + taxDateAt) + year2000Day;
  }

  get offset(): number {
    return Number(this.#view.getBigInt64(this.customerIdEnd + offsetAt));
  }

  get partition(): number {
    return this.#view.getInt32(this.customerIdEnd + partitionAt);
  }
}

/** A sealed file of staged transactions, and the place of its first one among all of the batch. */
export interface ValidFile extends SealedFile {
  readonly firstPlace: number;
}

/** Reads a file of staged transactions, some at a time. */
export function* readValid(file: ValidFile): Generator<ValidTransaction[], void> {
  const { firstPlace } = file;
  for (const { bytes, starts, position } of readRecords(file, sizeOfValid)) {
    const view = viewOf(bytes);
    yield starts.map((at) => new ValidTransaction(bytes, view, at, firstPlace + (position + at) / alignment));
  }
}

/** The place that follows the last one of a file. */
export function placeAfter({ seal, firstPlace }: ValidFile): number {
  return firstPlace + seal.sizeBytes / alignment;
}

/** Reads the one transaction that begins at a place of a file. */
export function readValidAt({ path, firstPlace }: ValidFile, place: number): ValidTransaction {
  const source = readRecordAt(path, (place - firstPlace) * alignment, sizeOfValid, headBytes);
  return new ValidTransaction(source, viewOf(source), 0, place);
}

function sizeOfValid(bytes: Buffer, at: number): number | undefined {
  if (at + 4 > bytes.length) return undefined;
  const size = bytes.readUInt32BE(at);
  if (size < headBytes || size > sizeMax)
    throw new StagedFileDamagedError(`a staged transaction has a size of ${size}`);
  return aligned(size);
}

function aligned(size: number): number {
  return Math.ceil(size / alignment) * alignment;
}
