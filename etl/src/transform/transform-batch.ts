import { join } from 'node:path';

import { rejectReasons, type RejectReason } from '@pulse/contract';

import { sourcesOf, type Batch } from '../batch/batch.ts';
import { PartitionCounts } from '../batch/partition-counts.ts';
import { readFrameAt } from '../batch/read-frames.ts';
import { encodeRejected } from '../batch/rejected-record.ts';
import { readLineAt, readLines, StagedFileWriter } from '../batch/staged-file.ts';
import type { StagedStep, StepOutput } from '../batch/staging.ts';
import {
  copyFiles,
  deltaFiles,
  recordsFile,
  validFile,
  type ExtractFacts,
  type TransformFacts,
  type ValidateFacts,
} from '../batch/step-folders.ts';
import { TextPool } from '../batch/text-pool.ts';
import { decodeValidLine, type ValidTransaction } from '../batch/valid-transaction.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { Customers } from '../fraud/customers.ts';
import { FraudJudge } from '../fraud/fraud-judge.ts';
import { prepareRuleSet, parseRuleSet, type PreparedRuleSet } from '../fraud/rule-set.ts';
import { alertRow, shadowVerdictRow, transactionRow, type RowContext } from './copy-row.ts';
import { knownOrdersOf } from './known-orders.ts';
import { judgeTransaction, type JudgedTransaction, type Judgement } from './judge-transaction.ts';
import { profileRow } from './profile-row.ts';
import { readRates } from './read-rates.ts';
import { RollUps } from './roll-ups.ts';
import { SeenOrders } from './seen-orders.ts';
import type { TransformSnapshot } from './transform-snapshot.ts';

export interface TransformInput {
  readonly extracted: StagedStep<ExtractFacts>;
  readonly validated: StagedStep<ValidateFacts>;
}

/** Orders whose rows the database has refused, by id, with its words: all their records go to quarantine. */
export type RefusedOrders = ReadonlyMap<string, string>;

/**
 * Makes warehouse rows, alerts and roll-up deltas of a batch's valid transactions, and settles which of them are
 * duplicates or conflicts, by what the snapshot shows as loaded.
 */
export async function transformBatch(
  context: Context,
  batch: Batch,
  input: TransformInput,
  snapshot: TransformSnapshot,
  refused: RefusedOrders,
  folder: string,
): Promise<StepOutput<TransformFacts>> {
  const { oldestTransactionMs, newestTransactionMs } = input.validated.facts;
  const span = { firstMs: oldestTransactionMs ?? 0, lastMs: newestTransactionMs ?? 0 };
  const judgement = await readRates(snapshot, context.config.rules, span, batch.plannedAt);
  const customers = new Customers(await snapshot.listEntries());
  const live = await readRuleSet(snapshot, batch.ruleSetVersion, judgement);
  const shadow =
    batch.shadowRuleSetVersion === null
      ? undefined
      : await readRuleSet(snapshot, batch.shadowRuleSetVersion, judgement);
  const fraud = { customers, judge: new FraudJudge(customers, live, shadow) };
  using transformation = new Transformation(context, batch, input, judgement, fraud, refused, folder);
  for await (const group of withLookups(input.validated, snapshot, customers, judgement)) {
    transformation.takeGroup(group);
  }
  return transformation.finish(String(snapshot.stateVersion));
}

async function readRuleSet(
  snapshot: TransformSnapshot,
  version: string,
  { baseExponent }: Judgement,
): Promise<PreparedRuleSet> {
  const definition = await snapshot.ruleSet(version);
  if (definition === undefined) {
    throw new UsageError(`the batch was planned with rule set ${version}, which is not in fraud_rule_sets: import it`);
  }
  return prepareRuleSet(parseRuleSet(definition), baseExponent);
}

interface Group {
  readonly transactions: readonly ValidTransaction[];
  /** Byte position of each line in the staged file. */
  readonly places: readonly number[];
  /** Content hashes of those orders that are loaded already. */
  readonly known: ReadonlyMap<string, string>;
  /** The number of each transaction's customer, whose profile has been taken over. */
  readonly customers: readonly number[];
}

/** Groups of valid transactions, each with what is loaded of it; the next group is looked up while one is worked on. */
async function* withLookups(
  validated: StagedStep<ValidateFacts>,
  snapshot: TransformSnapshot,
  customers: Customers,
  { baseExponent }: Judgement,
): AsyncGenerator<Group, void> {
  let ahead: Promise<Group> | undefined;
  const knownOrders = await knownOrdersOf(snapshot);
  for (const lines of readGroups(validated)) {
    const { transactions } = lines;
    const knownBefore = customers.size;
    const numbers = transactions.map(({ customerId }) => customers.numberOf(customerId));
    const profiles = readNewProfiles(snapshot, customers, knownBefore, baseExponent);
    const orders = knownOrders(transactions.map(({ orderId }) => orderId));
    const group = Promise.all([orders, profiles]).then(([known]) => ({ ...lines, known, customers: numbers }));
    // Awaited one turn later: until then a failure must not count as unhandled.
    group.catch(() => undefined);
    if (ahead !== undefined) yield await ahead;
    ahead = group;
  }
  if (ahead !== undefined) yield await ahead;
}

/** Takes over the profiles of customers who have come up for the first time: those with a number of `from` or more. */
async function readNewProfiles(
  snapshot: TransformSnapshot,
  customers: Customers,
  from: number,
  baseExponent: number,
): Promise<void> {
  const ids = Array.from({ length: customers.size - from }, (_, index) => customers.idOf(from + index));
  if (ids.length === 0) return;
  for (const profile of await snapshot.customerProfiles(ids, baseExponent)) customers.load(profile);
}

function* readGroups(validated: StagedStep<ValidateFacts>): Generator<Pick<Group, 'transactions' | 'places'>, void> {
  const seal = validated.files[validFile];
  if (seal === undefined) throw new Error(`the validate step left no ${validFile}`);
  let position = 0;
  const pool = new TextPool();
  for (const lines of readLines(join(validated.folder, validFile), seal)) {
    const places: number[] = [];
    for (const line of lines) {
      places.push(position);
      position += Buffer.byteLength(line) + 1;
    }
    yield { transactions: lines.map((line) => decodeValidLine(line, pool)), places };
  }
}

/** The transform of one batch under way: its open files and its counts. */
class Transformation implements Disposable {
  readonly #context: Context;
  readonly #batch: Batch;
  readonly #input: TransformInput;
  readonly #judgement: Judgement;
  readonly #refused: RefusedOrders;
  readonly #customers: Customers;
  readonly #fraudJudge: FraudJudge;
  readonly #row: RowContext;
  readonly #folder: string;
  readonly #files: Record<keyof typeof copyFiles, StagedFileWriter>;
  readonly #rollUps: RollUps;
  readonly #seen: SeenOrders;
  readonly #validPath: string;
  readonly #loaded = new PartitionCounts();
  readonly #duplicates = new PartitionCounts();
  readonly #rejected = new PartitionCounts();
  readonly #reasons: Partial<Record<RejectReason, number>> = {};
  #flaggedCount = 0;
  #newestLoadedMs: number | null = null;

  constructor(
    context: Context,
    batch: Batch,
    input: TransformInput,
    judgement: Judgement,
    fraud: { readonly customers: Customers; readonly judge: FraudJudge },
    refused: RefusedOrders,
    folder: string,
  ) {
    this.#context = context;
    this.#refused = refused;
    this.#batch = batch;
    this.#input = input;
    this.#judgement = judgement;
    this.#customers = fraud.customers;
    this.#fraudJudge = fraud.judge;
    this.#folder = folder;
    this.#row = {
      batchId: batch.batchId,
      ruleSetVersion: batch.ruleSetVersion,
      baseExponent: judgement.baseExponent,
      epochs: new Map(sourcesOf(batch).map(({ partition, epoch }) => [partition, epoch])),
    };
    this.#files = {
      transactions: new StagedFileWriter(join(folder, copyFiles.transactions)),
      rejectedTransactions: new StagedFileWriter(join(folder, copyFiles.rejectedTransactions)),
      fraudAlerts: new StagedFileWriter(join(folder, copyFiles.fraudAlerts)),
      fraudShadowVerdicts: new StagedFileWriter(join(folder, copyFiles.fraudShadowVerdicts)),
    };
    this.#rollUps = new RollUps(judgement.baseExponent, (customer) => fraud.customers.idOf(customer));
    this.#seen = new SeenOrders(input.validated.facts.validCount);
    this.#validPath = join(input.validated.folder, validFile);
  }

  takeGroup({ transactions, places, known, customers }: Group): void {
    transactions.forEach((transaction, index) =>
      this.#take(transaction, places[index] ?? 0, customers[index] ?? 0, known),
    );
    const done = this.#loaded.total + this.#duplicates.total + this.#rejected.total;
    this.#context.onProgress('transform', done, this.#input.validated.facts.validCount);
  }

  finish(stateVersion: string): StepOutput<TransformFacts> {
    return {
      facts: {
        stateVersion,
        loadedCount: this.#loaded.total,
        duplicateCount: this.#duplicates.total,
        rejectedCount: this.#rejected.total,
        loadedByPartition: this.#loaded.list(),
        duplicateByPartition: this.#duplicates.list(),
        rejectedByPartition: this.#rejected.list(),
        reasons: { ...this.#reasons },
        flaggedCount: this.#flaggedCount,
        newestLoadedMs: this.#newestLoadedMs,
      },
      files: {
        [copyFiles.transactions]: this.#files.transactions.seal(),
        [copyFiles.rejectedTransactions]: this.#files.rejectedTransactions.seal(),
        [copyFiles.fraudAlerts]: this.#files.fraudAlerts.seal(),
        [copyFiles.fraudShadowVerdicts]: this.#files.fraudShadowVerdicts.seal(),
        [deltaFiles.salesPerMinute]: this.#writeDeltas(deltaFiles.salesPerMinute, this.#rollUps.minuteRows()),
        [deltaFiles.customerDays]: this.#writeDeltas(deltaFiles.customerDays, this.#rollUps.customerDayRows()),
        [deltaFiles.customerProfiles]: this.#writeDeltas(deltaFiles.customerProfiles, this.#profileRows()),
      },
    };
  }

  [Symbol.dispose](): void {
    for (const file of Object.values(this.#files)) file[Symbol.dispose]();
  }

  #take(transaction: ValidTransaction, place: number, customer: number, known: ReadonlyMap<string, string>): void {
    // Nearly always empty: an id that is not looked for need not be hashed.
    const loadedHash = known.size === 0 ? undefined : known.get(transaction.orderId);
    if (loadedHash !== undefined) {
      this.#takeRepeated(transaction, loadedHash);
      return;
    }
    const refusal = this.#refused.size === 0 ? undefined : this.#refused.get(transaction.orderId);
    if (refusal !== undefined) {
      this.#reject(transaction, 'refused_by_database', '', refusal, 'load');
      return;
    }
    const verdict = judgeTransaction(transaction, this.#judgement);
    if (verdict.kind === 'rejected') {
      this.#reject(transaction, verdict.reason, verdict.field, verdict.detail);
      return;
    }
    const earlier = this.#seen.findOrAdd(
      transaction.orderId,
      place,
      (at) => this.#lineAt(at).orderId === transaction.orderId,
    );
    if (earlier !== undefined) {
      this.#takeRepeated(transaction, this.#lineAt(earlier).contentHash);
      return;
    }
    this.#takeNew(transaction, customer, verdict);
  }

  #takeNew(transaction: ValidTransaction, customer: number, judged: JudgedTransaction): void {
    const { currency, country, timestampMs } = transaction;
    const { amountBaseMinor } = judged;
    const { live, shadow } = this.#fraudJudge.judge(customer, {
      timeMs: timestampMs,
      amount: Number(transaction.amountMinor),
      currency,
      amountBaseMinor,
      amountBase: Number(amountBaseMinor),
      country,
    });
    const isFlagged = live.decision !== 'clear';
    this.#files.transactions.writeText(transactionRow(transaction, judged, live, this.#row));
    this.#rollUps.add(transaction, customer, judged, isFlagged);
    this.#loaded.add(transaction.partition);
    this.#newestLoadedMs = Math.max(this.#newestLoadedMs ?? -Infinity, timestampMs);
    if (isFlagged) {
      this.#files.fraudAlerts.writeText(alertRow(transaction, judged, live, this.#row));
      this.#flaggedCount += 1;
    }
    if (shadow === undefined || shadow.decision === 'clear') return;
    const version = this.#batch.shadowRuleSetVersion ?? '';
    this.#files.fraudShadowVerdicts.writeText(shadowVerdictRow(transaction, shadow, version, this.#row));
  }

  *#profileRows(): Generator<unknown[]> {
    const { baseExponent } = this.#judgement;
    for (const profile of this.#customers.changedProfiles()) yield profileRow(profile, baseExponent);
  }

  /** The same sale again is a duplicate; the same order id with other content is a conflict. */
  #takeRepeated(transaction: ValidTransaction, earlierHash: string): void {
    if (earlierHash === transaction.contentHash) this.#duplicates.add(transaction.partition);
    else this.#reject(transaction, 'order_id_conflict', 'order_id', transaction.orderId);
  }

  #reject(
    transaction: ValidTransaction,
    reason: RejectReason,
    field: string,
    detail: string,
    stage: 'transform' | 'load' = 'transform',
  ): void {
    const { partition, framePosition, orderId } = transaction;
    const record = readFrameAt(join(this.#input.extracted.folder, recordsFile(partition)), framePosition);
    const epoch = this.#row.epochs.get(partition) ?? 0;
    const coordinates = { batchId: this.#batch.batchId, topic: this.#context.config.kafka.topic, epoch };
    const message = `${rejectReasons[reason]} (${detail})`;
    this.#files.rejectedTransactions.writeText(
      encodeRejected({ record, stage, orderId, errors: [{ field, reason, message }] }, coordinates),
    );
    this.#rejected.add(partition);
    this.#reasons[reason] = (this.#reasons[reason] ?? 0) + 1;
  }

  #lineAt(place: number): ValidTransaction {
    return decodeValidLine(readLineAt(this.#validPath, place), new TextPool());
  }

  #writeDeltas(name: string, rows: Iterable<readonly unknown[]>) {
    using file = new StagedFileWriter(join(this.#folder, name));
    for (const row of rows) file.writeText(`${JSON.stringify(row)}\n`);
    return file.seal();
  }
}
