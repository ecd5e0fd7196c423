import { etlBatches, etlReconciliations, type ReconciliationDifference } from '@pulse/migrations/schema';
import { and, eq, gte, sum } from 'drizzle-orm';
import type pg from 'pg';

import { checks } from './reconcile-check-queries.ts';
import type { Queryable, Warehouse } from '../warehouse/connection.ts';
import { knownOrders } from '../streams/transactions/known-order-queries.ts';

/** Differences that one check lists; all others are counted. */
const listedMax = 50;

export interface Findings {
  readonly differences: readonly ReconciliationDifference[];
  /** Includes those that are not listed. */
  readonly differenceCount: number;
}

/** A partition of a topic, and the epoch that its offsets belong to. */
interface CheckedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly epoch: number;
}

/** A loaded range of a partition, in the order of its offsets. */
export interface CheckedRange extends CheckedPartition {
  readonly batchId: string;
  readonly fromOffset: number;
  readonly nextOffset: number;
  readonly readCount: number;
  /** Null for a range that an earlier release loaded. */
  readonly duplicateCount: number | null;
}

/** What the warehouse has of one offset. */
export interface StoredRecord {
  readonly offset: number;
  /** Content hash of a transaction, in hexadecimal; null for a rejected record. */
  readonly contentHash: string | null;
  readonly orderId: string | null;
  /** SHA-256 of a rejected record's value, in hexadecimal; null for a transaction, or where no value is kept. */
  readonly valueHash: string | null;
  readonly hasValue: boolean;
}

/** The warehouse at one moment, while loads go on. */
export interface ReconcileSnapshot {
  readonly checkedBatchCount: number;
  readonly checkedTransactionCount: number;
  findings(): Promise<Findings>;
  /** The loaded ranges of all topics, by topic, partition and offset. */
  ranges(): Promise<readonly CheckedRange[]>;
  /** Transactions and rejected records of a partition from one offset on, by offset. */
  storedRecords(partition: CheckedPartition, fromOffset: number): AsyncGenerator<StoredRecord, void>;
  knownOrders(orderIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** How many transactions batches have loaded, all or since then. Quick: from the ledger. */
export async function countLoaded(db: Queryable, since: Date | null): Promise<number> {
  const { loadedCount, loadedAt, state } = etlBatches;
  const [row] = await db
    .select({ count: sum(loadedCount).mapWith(Number) })
    .from(etlBatches)
    .where(and(eq(state, 'loaded'), since === null ? undefined : gte(loadedAt, since)));
  return row?.count ?? 0;
}

export interface SnapshotOptions {
  readonly since: Date | null;
  /** The limit of each query, which also ends one that nobody waits for any more. */
  readonly limitMs: number;
}

/** Runs `work` over one snapshot of the warehouse, read only. */
export async function withReconcileSnapshot<Result>(
  { client, db }: Warehouse,
  { since, limitMs }: SnapshotOptions,
  work: (snapshot: ReconcileSnapshot) => Promise<Result>,
): Promise<Result> {
  return db.transaction(
    async () => {
      await client.query(`set local statement_timeout = ${Math.ceil(limitMs)}`);
      const { rows } = await client.query<{ batches: number; transactions: string }>(
        `select
           (select count(*) from etl_batches where state = 'loaded' and ($1::timestamptz is null or loaded_at >= $1))::int as batches,
           (select count(*) from transactions where $1::timestamptz is null or processed_at >= $1) as transactions`,
        [since],
      );
      return work({
        checkedBatchCount: rows[0]?.batches ?? 0,
        checkedTransactionCount: Number(rows[0]?.transactions ?? 0),
        findings: async () => runChecks(client, since),
        ranges: async () => readRanges(client, since),
        storedRecords: (partition, fromOffset) => storedRecords(client, partition, fromOffset),
        knownOrders: async (orderIds) => knownOrders(client, orderIds),
      });
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

async function runChecks(client: pg.Client, since: Date | null): Promise<Findings> {
  const differences: ReconciliationDifference[] = [];
  let differenceCount = 0;
  for (const { name, message, sql } of checks) {
    const { rows } = await client.query<{ subject: string; expected: string; found: string; total: string }>(
      // The condition is always true: it names the parameter for checks that do not.
      `select d.*, count(*) over () as total
       from (${sql}) d
       where $1::timestamptz is null or $1 is not null
       limit ${listedMax}`,
      [since],
    );
    differenceCount += Number(rows[0]?.total ?? 0);
    for (const { subject, expected, found } of rows)
      differences.push({ check: name, subject, expected, found, message });
  }
  return { differences, differenceCount };
}

async function readRanges(client: pg.Client, since: Date | null): Promise<readonly CheckedRange[]> {
  const { rows } = await client.query<
    Record<'from' | 'next' | 'read', string> & {
      batch: string;
      topic: string;
      partition: number;
      epoch: number;
      duplicate: string | null;
    }
  >(
    `select r.batch_id as batch, r.topic, r.partition, r.epoch, r.from_offset as from, r.next_offset as next,
       r.read_count as read, r.duplicate_count as duplicate
     from etl_batch_ranges r
     join etl_batches b using (batch_id)
     join source_positions p on p.topic = r.topic and p.partition = r.partition and p.epoch = r.epoch
     where r.is_loaded and r.from_offset < r.next_offset and ($1::timestamptz is null or b.loaded_at >= $1)
     order by r.topic, r.partition, r.from_offset`,
    [since],
  );
  return rows.map((row) => ({
    batchId: row.batch,
    topic: row.topic,
    partition: row.partition,
    epoch: row.epoch,
    fromOffset: Number(row.from),
    nextOffset: Number(row.next),
    readCount: Number(row.read),
    duplicateCount: row.duplicate === null ? null : Number(row.duplicate),
  }));
}

const recordsAtOnce = 5000;

/** A cursor that is left before its end stays open until the transaction ends, so each has its own name. */
let cursorCount = 0;

/** Through a cursor: the server sorts on its disk, and this process holds a few thousand rows at once. */
async function* storedRecords(
  client: pg.Client,
  { topic, partition, epoch }: CheckedPartition,
  fromOffset: number,
): AsyncGenerator<StoredRecord, void> {
  cursorCount += 1;
  const name = `stored_records_${cursorCount}`;
  const ofTopic = `topic = ${client.escapeLiteral(topic)}`;
  await client.query(
    `declare ${name} no scroll cursor for
     select kafka_offset as "offset", encode(content_hash, 'hex') as content_hash, order_id, null as value_hash, true as has_value
     from transactions
     where kafka_partition = ${partition} and kafka_epoch = ${epoch} and kafka_offset >= ${fromOffset}
       and batch_id in (select batch_id from etl_batches where ${ofTopic})
     union all
     select "offset", null, order_id, encode(sha256(raw_value), 'hex'), raw_removed_at is null
     from rejected_transactions
     where ${ofTopic} and partition = ${partition} and epoch = ${epoch} and "offset" >= ${fromOffset}
     order by 1`,
  );
  for (;;) {
    const { rows } = await client.query<{
      offset: string;
      content_hash: string | null;
      order_id: string | null;
      value_hash: string | null;
      has_value: boolean;
    }>(`fetch ${recordsAtOnce} from ${name}`);
    for (const row of rows) {
      yield {
        offset: Number(row.offset),
        contentHash: row.content_hash,
        orderId: row.order_id,
        valueHash: row.value_hash,
        hasValue: row.has_value,
      };
    }
    if (rows.length < recordsAtOnce) break;
  }
  await client.query(`close ${name}`);
}

type NewReconciliation = typeof etlReconciliations.$inferInsert;

/** Stores what a reconciliation has found. @returns its number. */
export async function insertReconciliation(db: Queryable, reconciliation: NewReconciliation): Promise<number> {
  const [row] = await db
    .insert(etlReconciliations)
    .values(reconciliation)
    .returning({ reconciliationId: etlReconciliations.reconciliationId });
  if (row === undefined) throw new Error('the reconciliation was not stored');
  return row.reconciliationId;
}
