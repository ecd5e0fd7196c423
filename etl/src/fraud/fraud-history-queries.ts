import { currencyExponent, type CurrencyExponent } from '@pulse/contract';
import { fraudListEntries } from '@pulse/migrations/schema';
import { sql } from 'drizzle-orm';
import type pg from 'pg';

import type { ListPeriod, PastSale } from './replay-history.ts';
import type { Queryable, Warehouse } from '../warehouse/connection.ts';
import { readState } from '../warehouse/positions.ts';
import { findRuleSet, readLiveRuleSet } from './rule-sets/rule-set-queries.ts';

/** Sales of a span of event time. */
export interface HistorySpan {
  readonly since: Date;
  /** Exclusive; null for no end. */
  readonly until: Date | null;
}

/** A stored sale, with what it was taken for and what it is. */
export interface StoredSale extends PastSale {
  readonly wasFlagged: boolean;
  /** The fraud pattern that its label names; null for an honest sale, and for one without a label. */
  readonly pattern: string | null;
}

/** The warehouse as one moment shows it, as far as judging again needs it. */
export interface FraudHistory {
  readonly baseCurrency: string;
  /** The live rule set as JSON. */
  readonly liveRuleSet: unknown;
  readonly listPeriods: readonly ListPeriod[];
  /** How many sales lie in the span. */
  readonly judgedCount: number;
  /**
   * All sales, of whatever time, of those customers who have one in the span: customer by customer, as they were loaded.
   * Those outside the span are there to be remembered.
   */
  sales(baseExponent: CurrencyExponent): AsyncGenerator<readonly StoredSale[], void>;
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
        judgedCount: rows[0]?.count ?? 0,
        sales: (baseExponent) => readSales(client, salesOfSpan(client, span), baseExponent),
      });
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

/** One order, and what one moment of the warehouse shows of the sales that its customer had. */
export interface OrderHistory {
  readonly baseCurrency: string;
  readonly listPeriods: readonly ListPeriod[];
  /** A rule set as JSON; undefined where none has the version. */
  ruleSet(version: string): Promise<unknown>;
  /** All sales of the order's customer, as they were loaded; the order itself is the one to judge. */
  sales(baseExponent: CurrencyExponent): AsyncGenerator<readonly StoredSale[], void>;
}

/** Runs `work` over one snapshot of the warehouse. It only reads. */
export async function withOrderHistory<Result>(
  { client, db }: Warehouse,
  orderId: string,
  work: (history: OrderHistory) => Promise<Result>,
): Promise<Result> {
  const isJudged = `t.order_id = ${client.escapeLiteral(orderId)}`;
  const isRead = `t.customer_id = (select customer_id from transactions t where ${isJudged})`;
  return db.transaction(
    async (tx) =>
      work({
        baseCurrency: (await readState(tx)).baseCurrency,
        listPeriods: await readListPeriods(tx),
        ruleSet: async (version) => (await findRuleSet(tx, version))?.definition,
        sales: (baseExponent) => readSales(client, { isJudged, isRead }, baseExponent),
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

type SaleRow = [
  orderId: string,
  customerId: string,
  timeMs: number,
  amount: string,
  currency: string,
  amountBase: string,
  country: string,
  loadedMs: number,
  isJudged: boolean,
  wasFlagged: boolean,
  pattern: string | null,
];

const rowsPerFetch = 5000;

/**
 * Through a cursor: the server sorts on its own disk. One customer's sales were judged in the order in which their batches
 * were loaded (processed_at is the time of the load, and loads follow each other), and within a batch by offset, or, where they
 * were in several partitions, by arrived_at.
 */
async function* readSales(
  client: pg.Client,
  { isJudged, isRead }: SaleChoice,
  baseExponent: CurrencyExponent,
): AsyncGenerator<readonly StoredSale[], void> {
  await client.query(`
    declare fraud_history no scroll cursor for
    select t.order_id, t.customer_id, floor(extract(epoch from t.transaction_timestamp) * 1000)::float8,
      t.amount::text, t.currency, t.amount_base::text, coalesce(t.country, ''),
      (extract(epoch from t.processed_at) * 1000)::float8, ${isJudged}, t.is_fraud_flagged, l.pattern
    from transactions t
    left join fraud_labels l using (order_id)
    where ${isRead}
    order by t.customer_id, t.processed_at, t.arrived_at, t.kafka_partition, t.kafka_epoch, t.kafka_offset`);
  for (;;) {
    const { rows } = await client.query<SaleRow>({
      text: `fetch ${rowsPerFetch} from fraud_history`,
      rowMode: 'array',
    });
    if (rows.length > 0) yield rows.map((row) => saleOf(row, baseExponent));
    if (rows.length < rowsPerFetch) break;
  }
  await client.query('close fraud_history');
}

/** Conditions on the transaction `t`, in SQL. */
interface SaleChoice {
  readonly isJudged: string;
  readonly isRead: string;
}

function salesOfSpan(client: pg.Client, span: HistorySpan): SaleChoice {
  const isJudged = within(client, span);
  return {
    isJudged,
    isRead: `t.customer_id in (select customer_id from transactions where ${isJudged})`,
  };
}

/** DECLARE takes no parameters. */
function within(client: pg.Client, { since, until }: HistorySpan): string {
  const end = until === null ? "'infinity'" : client.escapeLiteral(until.toISOString());
  return `(transaction_timestamp >= ${client.escapeLiteral(since.toISOString())} and transaction_timestamp < ${end})`;
}

function saleOf(row: SaleRow, baseExponent: CurrencyExponent): StoredSale {
  const [orderId, customerId, timeMs, amount, currency, amountBase, country, loadedMs, isJudged, wasFlagged, pattern] =
    row;
  const exponent = currencyExponent(currency);
  if (exponent === undefined) throw new Error(`order ${orderId} has the currency ${currency}, which is not known here`);
  const amountBaseMinor = minorOf(amountBase, baseExponent);
  const sale = {
    timeMs,
    amount: Number(minorOf(amount, exponent)),
    currency,
    amountBaseMinor,
    amountBase: Number(amountBaseMinor),
    country,
  };
  return { orderId, customerId, sale, loadedMs, isJudged, wasFlagged, pattern };
}

/** PostgreSQL's text of a numeric(19,4), which always has four decimals, in minor units. */
function minorOf(text: string, exponent: CurrencyExponent): bigint {
  return BigInt(text.replace('.', '')) / 10n ** BigInt(4 - exponent);
}
