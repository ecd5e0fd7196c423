import { join } from 'node:path';
import { rejectReasons, type RejectReason } from '@pulse/contract';

import { sourcesOf, type Batch, type RefusedOrders } from '../batch/batch.ts';
import { CopyFileWriter } from '../copy-format/copy-file-writer.ts';
import { marketOf, readMarkets, type Market } from '../streams/transactions/market-numbers.ts';
import { PartitionCounts } from '../batch/partition-counts.ts';
import { readFrameAt } from '../staging/record-frames.ts';
import { encodeRejected } from '../streams/rejected-record.ts';
import { StagedFileWriter, type FileChecksum } from '../staging/staged-file.ts';
import { stagedFile, type StagedStep, type StepOutput } from '../staging/staging.ts';
import {
  copyFiles,
  deltaFiles,
  marketsFile,
  recordsFile,
  transactionsFile,
  type ExtractFacts,
  type TransformFacts,
  type ValidateFacts,
} from '../batch/step-folders.ts';
import { transactionStream } from '../streams/transactions/transactions.ts';
import { validAt, validFilesOf } from '../streams/valid-files.ts';
import { readValid, type ValidFile, type ValidRecord } from '../streams/valid-record.ts';
import type { Context } from '../program/context.ts';
import type { Customer, Customers } from '../fraud/customers.ts';
import type { FraudEvaluator } from '../fraud/fraud-evaluator.ts';
import { cameBefore, inOrderOfArrival, type Arrival } from './order-of-arrival.ts';
import type { TransactionRows } from '../streams/transactions/transaction-rows.ts';
import {
  dayText,
  priceTransaction,
  type PricedTransaction,
  type PricingRules,
  type Sale,
} from '../pricing/price-transaction.ts';
import { profileRow } from '../streams/transactions/profile-row.ts';
import type { Group } from './read-groups.ts';
import { RollUps } from '../streams/transactions/roll-ups.ts';
import { SeenOrders, type IsIdAt } from '../compact/seen-orders.ts';

export interface TransformInput {
  readonly extracted: StagedStep<ExtractFacts>;
  readonly validated: StagedStep<ValidateFacts>;
}

/** Orders of several customers, by id: the position of the record that came first. The others repeat it. */
export type FirstRecords = ReadonlyMap<string, number>;

/** What is settled before a transform begins. */
export interface Settled {
  readonly refused: RefusedOrders;
  readonly firstRecords: FirstRecords;
}

/** So many transactions are looked up at once, where they are in memory already. */
const portionSize = 1000;

/** The transform of one batch under way: its open files and its counts. */
export class Transformation implements Disposable {
  /** The files of valid transactions, chunk by chunk. */
  readonly chunks: readonly ValidFile[];
  readonly #context: Context;
  readonly #batch: Batch;
  readonly #input: TransformInput;
  readonly #pricing: PricingRules;
  readonly #settled: Settled;
  readonly #customers: Customers;
  readonly #fraudEvaluator: FraudEvaluator;
  readonly #markets: readonly Market[];
  readonly #folder: string;
  readonly #files: Files;
  readonly #rows: TransactionRows;
  readonly #rollUps: RollUps;
  readonly #seen: SeenOrders;
  readonly #transactionFiles: Record<string, FileChecksum> = {};
  readonly #loaded = new PartitionCounts();
  readonly #duplicates = new PartitionCounts();
  readonly #rejected = new PartitionCounts();
  readonly #reasons: Partial<Record<RejectReason, number>> = {};
  /** Whether the transaction at a position has this order id. */
  readonly #isOrderAt: IsIdAt = (position, bytes, start, end) => {
    const { source, idAt, idEnd } = validAt(this.chunks, position);
    return source.compare(bytes, start, end, idAt, idEnd) === 0;
  };
  /** Orders of which a customer's record was taken before another customer's that came earlier; and that earlier one. */
  readonly #overtaken = new Map<string, Arrival & { readonly position: number }>();
  #scatteredCustomerCount = 0;
  #flaggedCount = 0;
  #newestLoadedMs: number | null = null;

  constructor(
    context: Context,
    batch: Batch,
    input: TransformInput,
    pricing: PricingRules,
    fraud: { readonly customers: Customers; readonly evaluator: FraudEvaluator },
    settled: Settled,
    folder: string,
  ) {
    const markets = readMarkets(stagedFile(input.validated, marketsFile));
    this.#context = context;
    this.#settled = settled;
    this.#batch = batch;
    this.#input = input;
    this.#pricing = pricing;
    this.#customers = fraud.customers;
    this.#fraudEvaluator = fraud.evaluator;
    this.#markets = markets;
    this.#folder = folder;
    this.chunks = validFilesOf(input.validated, transactionStream.layout);
    this.#files = openFiles(folder);
    this.#rows = transactionStream.createRows({ ...batch, baseExponent: pricing.baseExponent });
    this.#rollUps = new RollUps(pricing.baseExponent, markets);
    this.#seen = new SeenOrders(input.validated.facts.validCount);
  }

  /** Orders of which the earliest record was not taken first: the transform is made again with these, and then there are none. */
  get overtaken(): FirstRecords {
    return new Map(Array.from(this.#overtaken, ([orderId, { position }]) => [orderId, position]));
  }

  /** A chunk's transactions in the order in which they are taken. */
  *readChunk(chunk: number, file: ValidFile): Generator<readonly ValidRecord[], void> {
    if (!this.#input.validated.facts.scatteredChunks.includes(chunk)) {
      yield* readValid(file);
      return;
    }
    const { transactions, scatteredCustomerCount } = inOrderOfArrival([...readValid(file)].flat());
    this.#scatteredCustomerCount += scatteredCustomerCount;
    for (let from = 0; from < transactions.length; from += portionSize) {
      yield transactions.slice(from, from + portionSize);
    }
  }

  /** Takes all transactions of a chunk. What its customers have done is written then, and forgotten. */
  async takeChunk(chunk: number, groups: AsyncIterable<Group>): Promise<void> {
    const name = transactionsFile(chunk);
    using rows = new CopyFileWriter(join(this.#folder, name), transactionStream.sinks.transactions.columns);
    for await (const group of groups) this.#takeGroup(group, rows);
    this.#transactionFiles[name] = rows.finish();
    writeDeltas(this.#files.customerDays, this.#rollUps.customerDayRows());
    writeDeltas(this.#files.customerProfiles, this.#profileRows());
    this.#rollUps.clearCustomerDays();
    this.#customers.clear();
  }

  finish(stateVersion: string): StepOutput<TransformFacts> {
    writeDeltas(this.#files.salesPerMinute, this.#rollUps.minuteRows());
    return {
      facts: {
        chunkCount: this.chunks.length,
        stateVersion,
        loadedCount: this.#loaded.total,
        duplicateCount: this.#duplicates.total,
        rejectedCount: this.#rejected.total,
        loadedByPartition: this.#loaded.list(),
        duplicateByPartition: this.#duplicates.list(),
        rejectedByPartition: this.#rejected.list(),
        reasons: { ...this.#reasons },
        flaggedCount: this.#flaggedCount,
        scatteredCustomerCount: this.#scatteredCustomerCount,
        newestLoadedMs: this.#newestLoadedMs,
      },
      files: {
        ...this.#transactionFiles,
        [copyFiles.rejectedTransactions]: this.#files.rejectedTransactions.finish(),
        [copyFiles.fraudAlerts]: this.#files.fraudAlerts.finish(),
        [copyFiles.fraudShadowVerdicts]: this.#files.fraudShadowVerdicts.finish(),
        [copyFiles.duplicateRecords]: this.#files.duplicateRecords.finish(),
        [deltaFiles.salesPerMinute]: this.#files.salesPerMinute.finish(),
        [deltaFiles.customerDays]: this.#files.customerDays.finish(),
        [deltaFiles.customerProfiles]: this.#files.customerProfiles.finish(),
      },
    };
  }

  [Symbol.dispose](): void {
    for (const file of Object.values(this.#files)) file[Symbol.dispose]();
  }

  #takeGroup({ transactions, known, customers }: Group, rows: CopyFileWriter): void {
    transactions.forEach((transaction, index) => {
      const customer = customers[index] ?? this.#customers.get(transaction.customerId);
      this.#take(transaction, customer, known, rows);
    });
    const done = this.#loaded.total + this.#duplicates.total + this.#rejected.total;
    this.#context.onProgress('transform', done, this.#input.validated.facts.validCount);
  }

  #take(t: ValidRecord, customer: Customer, known: ReadonlyMap<string, string>, rows: CopyFileWriter): void {
    // Both are nearly always empty: an id that is not looked for need not be made.
    const loadedHash = known.size === 0 ? undefined : known.get(t.id);
    if (loadedHash !== undefined) {
      this.#takeRepeated(t, loadedHash);
      return;
    }
    const { refused } = this.#settled;
    const refusal = refused.size === 0 ? undefined : refused.get(t.id);
    if (refusal !== undefined) {
      this.#reject(t, 'refused_by_database', '', refusal, 'load');
      return;
    }
    const market = marketOf(this.#markets, t.marketNumber);
    const priced = priceTransaction(saleOf(t, market), this.#pricing);
    if (priced.kind === 'rejected') {
      this.#reject(t, priced.reason, priced.field, priced.detail);
      return;
    }
    const earlier = this.#earlierOf(t);
    if (earlier === undefined) this.#takeNew(t, market, customer, priced, rows);
    else this.#takeRepeated(t, earlier.contentHash);
  }

  /** The transaction that is loaded with the same order id; undefined where this one is. */
  #earlierOf(t: ValidRecord): ValidRecord | undefined {
    const { source, idAt, idEnd, position } = t;
    const { firstRecords } = this.#settled;
    const settled = firstRecords.size === 0 ? undefined : firstRecords.get(t.id);
    if (settled !== undefined) return settled === position ? undefined : validAt(this.chunks, settled);
    const seen = this.#seen.findOrAdd(source, idAt, idEnd, position, this.#isOrderAt);
    if (seen === undefined) return undefined;
    const taken = validAt(this.chunks, seen);
    // One customer's are taken in the order in which they came.
    if (!isSameCustomer(t, taken) && cameBefore(t, this.#overtaken.get(t.id) ?? taken)) {
      const { partition, offset, recordMs } = t;
      this.#overtaken.set(t.id, { position, partition, offset, recordMs });
    }
    return taken;
  }

  #takeNew(
    t: ValidRecord,
    { currency, country }: Market,
    customer: Customer,
    priced: PricedTransaction,
    rows: CopyFileWriter,
  ): void {
    const { timestampMs } = t;
    const { amountBaseMinor } = priced;
    const { live, shadow } = this.#fraudEvaluator.evaluate(customer, {
      timeMs: timestampMs,
      amount: Number(t.amountMinor),
      currency,
      amountBaseMinor,
      amountBase: Number(amountBaseMinor),
      country,
    });
    const isFlagged = live.decision !== 'clear';
    this.#rows.transaction(rows.beginRow(), t, priced, live);
    this.#rollUps.add(t, customer.customerId, priced, isFlagged);
    this.#loaded.add(t.partition);
    this.#newestLoadedMs = Math.max(this.#newestLoadedMs ?? -Infinity, timestampMs);
    if (isFlagged) {
      this.#rows.alert(this.#files.fraudAlerts.beginRow(), t, priced, live);
      this.#flaggedCount += 1;
    }
    if (shadow === undefined || shadow.decision === 'clear') return;
    this.#rows.shadowVerdict(this.#files.fraudShadowVerdicts.beginRow(), t, shadow);
  }

  *#profileRows(): Generator<unknown[]> {
    const { baseExponent } = this.#pricing;
    for (const profile of this.#customers.changedProfiles()) yield profileRow(profile, baseExponent);
  }

  /** The same sale again is a duplicate; the same order id with other content is a conflict. */
  #takeRepeated(t: ValidRecord, earlierHash: string): void {
    if (earlierHash !== t.contentHash) {
      this.#reject(t, 'order_id_conflict', 'order_id', t.id);
      return;
    }
    this.#rows.duplicate(this.#files.duplicateRecords.beginRow(), t, this.#sourceOf(t.partition));
    this.#duplicates.add(t.partition);
  }

  #sourceOf(partition: number): { readonly topic: string; readonly epoch: number } {
    const epoch = sourcesOf(this.#batch).find((source) => source.partition === partition)?.epoch ?? 0;
    return { topic: this.#batch.topic, epoch };
  }

  #reject(
    { partition, framePosition, id: orderId }: ValidRecord,
    reason: RejectReason,
    field: string,
    detail: string,
    stage: 'transform' | 'load' = 'transform',
  ): void {
    const record = readFrameAt(join(this.#input.extracted.folder, recordsFile(partition)), framePosition);
    const coordinates = { batchId: this.#batch.batchId, ...this.#sourceOf(partition) };
    const message = `${rejectReasons[reason]} (${detail})`;
    this.#files.rejectedTransactions.writeText(
      encodeRejected({ record, stage, orderId, errors: [{ field, reason, message }] }, coordinates),
    );
    this.#rejected.add(partition);
    this.#reasons[reason] = (this.#reasons[reason] ?? 0) + 1;
  }
}

function isSameCustomer(a: ValidRecord, b: ValidRecord): boolean {
  return a.source.compare(b.source, b.customerIdAt, b.customerIdEnd, a.customerIdAt, a.customerIdEnd) === 0;
}

type Files = ReturnType<typeof openFiles>;

function openFiles(folder: string) {
  return {
    rejectedTransactions: new StagedFileWriter(join(folder, copyFiles.rejectedTransactions)),
    fraudAlerts: new CopyFileWriter(join(folder, copyFiles.fraudAlerts), transactionStream.sinks.alerts.columns),
    fraudShadowVerdicts: new CopyFileWriter(
      join(folder, copyFiles.fraudShadowVerdicts),
      transactionStream.sinks.shadowVerdicts.columns,
    ),
    duplicateRecords: new CopyFileWriter(
      join(folder, copyFiles.duplicateRecords),
      transactionStream.sinks.duplicates.columns,
    ),
    salesPerMinute: new StagedFileWriter(join(folder, deltaFiles.salesPerMinute)),
    customerDays: new StagedFileWriter(join(folder, deltaFiles.customerDays)),
    customerProfiles: new StagedFileWriter(join(folder, deltaFiles.customerProfiles)),
  };
}

function writeDeltas(file: StagedFileWriter, rows: Iterable<readonly unknown[]>): void {
  for (const row of rows) file.writeText(`${JSON.stringify(row)}\n`);
}

/** What a transaction's figures depend on. */
function saleOf({ amountMinor, timestampMs, localDay }: ValidRecord, market: Market): Sale {
  const { productCategory, currency, country } = market;
  return { productCategory, currency, country, amountMinor, localDate: dayText(localDay), timestampMs };
}
