import { currencyExponent, type CurrencyExponent } from '@pulse/contract';
import { fraudListEntries } from '@pulse/migrations/schema';
import { sql } from 'drizzle-orm';
import type pg from 'pg';

import type { ListPeriod, PastTransaction } from './replay-history.ts';
import type { Queryable, Warehouse } from '../warehouse/connection.ts';
import { readState } from '../warehouse/positions.ts';
import { findRuleSet, readLiveRuleSet } from './rule-sets/rule-set-queries.ts';

/** Transactions of a span of event time. */
export interface HistorySpan {
  readonly since: Date;
  /** Exclusive; null for no end. */
  readonly until: Date | null;
}

/** A stored transaction, with its result when it was loaded and its label. */
export interface StoredTransaction extends PastTransaction {
  readonly wasFlagged: boolean;
  /** The fraud pattern that its label names; null for an honest one, and for one without a label. */
  readonly pattern: string | null;
}

/** The warehouse as one moment shows it, as far as evaluating again needs it. */
export interface FraudHistory {
  readonly baseCurrency: string;
  /** The live rule set as JSON. */
  readonly liveRuleSet: unknown;
  readonly listPeriods: readonly ListPeriod[];
  /** How many transactions lie in the span. */
  readonly evaluatedCount: number;
  /**
   * All transactions, of any time, of those customers who have one in the span: customer by customer, as they were loaded.
   * Those outside the span count as history only.
   */
  transactions(baseExponent: CurrencyExponent): AsyncGenerator<readonly StoredTransaction[], void>;
}

/** Runs `work` over one snapshot of the warehouse. It only reads. */
export async function withFraudHistory<Result>(
  { client, db }: Warehouse,
  span: HistorySpan,
  work: (history: FraudHistory) => Promise<Result>,
): Promise<Result> {
  return db.transaction(
    async (tx) => {
      const { baseCurrency } = await readState(tx);
      const { rows } = await tx.execute<{ count: number }>(
        sql.raw(`select count(*)::float8 as count from transactions where ${within(client, span)}`),
      );
      return work({
        baseCurrency,
        liveRuleSet: await readLiveRuleSet(tx),
        listPeriods: await readListPeriods(tx),
        evaluatedCount: rows[0]?.count ?? 0,
        transactions: (baseExponent) => readTransactions(client, transactionsOfSpan(client, span), baseExponent),
      });
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

/** One order, and what one moment of the warehouse shows of its customer's transactions. */
export interface OrderHistory {
  readonly baseCurrency: string;
  readonly listPeriods: readonly ListPeriod[];
  /** A rule set as JSON; undefined where none has the version. */
  ruleSet(version: string): Promise<unknown>;
  /** All transactions of the order's customer, as they were loaded; the order itself is the one to evaluate. */
  transactions(baseExponent: CurrencyExponent): AsyncGenerator<readonly StoredTransaction[], void>;
}

/** Runs `work` over one snapshot of the warehouse. It only reads. */
export async function withOrderHistory<Result>(
  { client, db }: Warehouse,
  orderId: string,
  work: (history: OrderHistory) => Promise<Result>,
): Promise<Result> {
  const isEvaluated = `t.order_id = ${client.escapeLiteral(orderId)}`;
  const isRead = `t.customer_id = (select customer_id from transactions t where ${isEvaluated})`;
  return db.transaction(
    async (tx) =>
      work({
        baseCurrency: (await readState(tx)).baseCurrency,
        listPeriods: await readListPeriods(tx),
        ruleSet: async (version) => (await findRuleSet(tx, version))?.definition,
        transactions: (baseExponent) => readTransactions(client, { isEvaluated, isRead }, baseExponent),
      }),
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

async function readListPeriods(db: Queryable): Promise<ListPeriod[]> {
  const entries = await db.select().from(fraudListEntries);
  return entries.map(({ list, customerId, validUntil, recordedAt, removedAt }) => ({
    list,
    customerId,
    untilMs: validUntil?.getTime() ?? Infinity,
    recordedMs: recordedAt.getTime(),
    removedMs: removedAt?.getTime() ?? Infinity,
  }));
}

type TransactionRow = [
  orderId: string,
  customerId: string,
  timeMs: number,
  amount: string,
  currency: string,
  amountBase: string,
  country: string,
  loadedMs: number,
  isEvaluated: boolean,
  wasFlagged: boolean,
  pattern: string | null,
];

const rowsPerFetch = 5000;

/**
 * Through a cursor: the server sorts on its own disk. One customer's transactions were evaluated in the order in which their batches
 * were loaded (processed_at is the time of the load, and loads follow each other), and within a batch by offset, or, where they
 * were in several partitions, by arrived_at.
 */
async function* readTransactions(
  client: pg.Client,
  { isEvaluated, isRead }: TransactionChoice,
  baseExponent: CurrencyExponent,
): AsyncGenerator<readonly StoredTransaction[], void> {
  await client.query(`
    declare fraud_history no scroll cursor for
    select t.order_id, t.customer_id, floor(extract(epoch from t.transaction_timestamp) * 1000)::float8,
      t.amount::text, t.currency, t.amount_base::text, coalesce(t.country, ''),
      (extract(epoch from t.processed_at) * 1000)::float8, ${isEvaluated}, t.is_fraud_flagged, l.pattern
    from transactions t
    left join fraud_labels l using (order_id)
    where ${isRead}
    order by t.customer_id, t.processed_at, t.arrived_at, t.kafka_partition, t.kafka_epoch, t.kafka_offset`);
  for (;;) {
    const { rows } = await client.query<TransactionRow>({
      text: `fetch ${rowsPerFetch} from fraud_history`,
      rowMode: 'array',
    });
    if (rows.length > 0) yield rows.map((row) => transactionOf(row, baseExponent));
    if (rows.length < rowsPerFetch) break;
  }
  await client.query('close fraud_history');
}

/** Conditions on the transaction `t`, in SQL. */
interface TransactionChoice {
  readonly isEvaluated: string;
  readonly isRead: string;
}

function transactionsOfSpan(client: pg.Client, span: HistorySpan): TransactionChoice {
  const isEvaluated = within(client, span);
  return {
    isEvaluated,
    isRead: `t.customer_id in (select customer_id from transactions where ${isEvaluated})`,
  };
}

/** DECLARE takes no parameters. */
function within(client: pg.Client, { since, until }: HistorySpan): string {
  const end = until === null ? "'infinity'" : client.escapeLiteral(until.toISOString());
  return `(transaction_timestamp >= ${client.escapeLiteral(since.toISOString())} and transaction_timestamp < ${end})`;
}

function transactionOf(row: TransactionRow, baseExponent: CurrencyExponent): StoredTransaction {
  const [
    orderId,
    customerId,
    timeMs,
    amount,
    currency,
    amountBase,
    country,
    loadedMs,
    isEvaluated,
    wasFlagged,
    pattern,
  ] = row;
  const exponent = currencyExponent(currency);
  if (exponent === undefined) throw new Error(`order ${orderId} has the currency ${currency}, which is not known here`);
  const amountBaseMinor = minorOf(amountBase, baseExponent);
  const transaction = {
    timeMs,
    amount: Number(minorOf(amount, exponent)),
    currency,
    amountBaseMinor,
    amountBase: Number(amountBaseMinor),
    country,
  };
  return { orderId, customerId, transaction, loadedMs, isEvaluated, wasFlagged, pattern };
}

/** PostgreSQL's text of a numeric(19,4), which always has four decimals, in minor units. */
function minorOf(text: string, exponent: CurrencyExponent): bigint {
  return BigInt(text.replace('.', '')) / 10n ** BigInt(4 - exponent);
}
