import { viewOf, year2000Day } from '../copy-format/copy-binary.ts';
import { FieldsFile } from '../copy-format/fields-file.ts';
import { readRecordBytes, readRecords } from '../staging/staged-records.ts';
import { StagedFileDamagedError, type StagedFile, type FileChecksum } from '../staging/staged-file.ts';
import { contentHashBytes } from './content-hash.ts';
import type { Amount } from './field-kinds.ts';
import type { Staged, StagedColumn } from './staged-columns.ts';

/**
 * A staged record, big-endian: u32 size, u32 market, f64 frame position, f64 event time, u64 amount, f64 time in Kafka; then the
 * columns that are known after validation (`stagedColumnsOf`), just as COPY takes them, so that the transform copies their bytes.
 * Each begins at a multiple of 8 bytes.
 */
const headBytes = 40;
const alignment = 8;
/** More than its columns can take. */
const sizeMax = 4096;

/** What every stream's record has. */
export interface TimedAmount {
  readonly timestamp: { readonly epochMs: number };
  readonly amount: Amount;
}

/** Writes a file of staged records. */
export class ValidFileWriter<Values extends TimedAmount> implements Disposable {
  readonly #file: FieldsFile;
  readonly #columns: readonly StagedColumn<Values>[];

  constructor(path: string, columns: readonly StagedColumn<Values>[]) {
    this.#file = new FieldsFile(path);
    this.#columns = columns;
  }

  /** @param marketNumber - Of the record's market, among those of the batch. */
  write(staged: Staged<Values>, marketNumber: number): void {
    const { record, coordinates } = staged;
    const fields = this.#file.next();
    const at = fields.zeros(headBytes);
    for (const column of this.#columns) column.write(fields, staged);
    const size = fields.length - at;
    fields.zeros(aligned(size) - size);
    const { view } = fields;
    view.setUint32(at, size);
    view.setUint32(at + 4, marketNumber);
    view.setFloat64(at + 8, coordinates.framePosition);
    view.setFloat64(at + 16, record.timestamp.epochMs);
    view.setBigUint64(at + 24, record.amount.minor);
    view.setFloat64(at + 32, coordinates.recordMs);
  }

  finish(): FileChecksum {
    return this.#file.finish();
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }
}

/** Where the values of a staged record's columns begin, behind the two keys, which alone have no fixed length before them. */
export interface RecordLayout {
  readonly contentHashAt: number;
  readonly timestampAt: number;
  readonly localDayAt: number;
  readonly offsetAt: number;
  readonly partitionAt: number;
}

/** @param names - The columns of the event's moment and of its date at the message's own offset. */
export function layoutOf(
  columns: readonly StagedColumn<never>[],
  names: { readonly instant: string; readonly localDate: string },
): RecordLayout {
  const positions = new Map<string, number>();
  let at = 0;
  for (const { name, sizeBytes } of columns.slice(keyCount)) {
    if (sizeBytes === undefined) break;
    positions.set(name, at + lengthBytes);
    at += lengthBytes + sizeBytes;
  }
  const positionOf = (name: string): number => {
    const position = positions.get(name);
    if (position === undefined) throw new Error(`staged records have no column ${name} of a fixed length`);
    return position;
  };
  return {
    contentHashAt: positionOf('content_hash'),
    timestampAt: positionOf(names.instant),
    localDayAt: positionOf(names.localDate),
    offsetAt: positionOf('kafka_offset'),
    partitionAt: positionOf('kafka_partition'),
  };
}

const keyCount = 2;
/** Each field begins with its length. */
const lengthBytes = 4;
const timestampBytes = 8;

/**
 * A staged record as it is read. What figures are computed from stands in properties; the rest stays bytes, and its texts are
 * made when they are asked for.
 */
export class ValidRecord {
  /** It begins at `at`; its fields end at `fieldsEnd`. */
  readonly source: Buffer;
  readonly at: number;
  readonly fieldsEnd: number;
  /** Where it begins among all of its batch, in units of 8 bytes. */
  readonly position: number;
  readonly marketNumber: number;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly timestampMs: number;
  /** In minor units of the currency. */
  readonly amountMinor: bigint;
  /** Its time in the order of arrival, where the order of the offsets does not say all: see `inOrderOfArrival`. */
  arrivedMs: number | null = null;
  readonly #view: DataView;
  readonly #layout: RecordLayout;

  constructor(layout: RecordLayout, source: Buffer, view: DataView, at: number, position: number) {
    this.#layout = layout;
    this.source = source;
    this.at = at;
    this.position = position;
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

  /** The id's bytes in the source, from `idAt` to `idEnd`: of transactions the order's id. */
  get idAt(): number {
    return this.fieldsAt + 4;
  }

  get idEnd(): number {
    return this.idAt + this.#view.getInt32(this.fieldsAt);
  }

  get id(): string {
    return this.source.toString('utf8', this.idAt, this.idEnd);
  }

  get customerIdAt(): number {
    return this.idEnd + 4;
  }

  get customerId(): string {
    return this.source.toString('utf8', this.customerIdAt, this.customerIdEnd);
  }

  get customerIdEnd(): number {
    const { idEnd } = this;
    return idEnd + 4 + this.#view.getInt32(idEnd);
  }

  /** 32 hexadecimal digits over all fields of the message. */
  get contentHash(): string {
    const at = this.customerIdEnd + this.#layout.contentHashAt;
    return this.source.toString('hex', at, at + contentHashBytes);
  }

  /** Fields as COPY takes them: where they begin and end in the source. */
  get idField(): readonly [start: number, end: number] {
    return [this.fieldsAt, this.idEnd];
  }

  get customerIdField(): readonly [start: number, end: number] {
    return [this.idEnd, this.customerIdEnd];
  }

  get timestampField(): readonly [start: number, end: number] {
    const end = this.customerIdEnd + this.#layout.timestampAt + timestampBytes;
    return [end - timestampBytes - lengthBytes, end];
  }

  /** The date at the message's own offset, in days since 1970. */
  get localDay(): number {
    return this.#view.getInt32(this.customerIdEnd + this.#layout.localDayAt) + year2000Day;
  }

  get offset(): number {
    return Number(this.#view.getBigInt64(this.customerIdEnd + this.#layout.offsetAt));
  }

  get partition(): number {
    return this.#view.getInt32(this.customerIdEnd + this.#layout.partitionAt);
  }
}

/** A file of staged records, and the position of its first one among all of the batch. */
export interface ValidFile extends StagedFile {
  readonly layout: RecordLayout;
  readonly firstPosition: number;
}

/** Reads a file of staged records, some at a time. */
export function* readValid(file: ValidFile): Generator<ValidRecord[], void> {
  const { layout, firstPosition } = file;
  for (const { bytes, starts, position } of readRecords(file, sizeOfValid)) {
    const view = viewOf(bytes);
    yield starts.map((at) => new ValidRecord(layout, bytes, view, at, firstPosition + (position + at) / alignment));
  }
}

/** The position that follows the last one of a file. */
export function positionAfter({ checksum, firstPosition }: ValidFile): number {
  return firstPosition + checksum.sizeBytes / alignment;
}

/** Reads the one record that begins at a position of a file. */
export function readValidAt({ path, layout, firstPosition }: ValidFile, position: number): ValidRecord {
  const source = readRecordBytes(path, (position - firstPosition) * alignment, sizeOfValid, headBytes);
  return new ValidRecord(layout, source, viewOf(source), 0, position);
}

function sizeOfValid(bytes: Buffer, at: number): number | undefined {
  if (at + 4 > bytes.length) return undefined;
  const size = bytes.readUInt32BE(at);
  if (size < headBytes || size > sizeMax) throw new StagedFileDamagedError(`a staged record has a size of ${size}`);
  return aligned(size);
}

function aligned(size: number): number {
  return Math.ceil(size / alignment) * alignment;
}
