import { etlBatches } from '@pulse/migrations/schema';
import { and, eq, gte, sql, type SQL } from 'drizzle-orm';

import type { Queryable } from '../warehouse/connection.ts';

/** What tax and conversion of a loaded transaction depend on, and their figures; amounts and rates as PostgreSQL's text of a numeric. */
export interface StoredFigures {
  readonly orderId: string;
  readonly timestampMs: number;
  readonly amount: string;
  readonly currency: string;
  readonly country: string;
  readonly productCategory: string;
  readonly taxDate: string;
  readonly taxRate: string;
  readonly taxJurisdiction: string;
  readonly taxAmount: string;
  readonly totalAmount: string;
  readonly exchangeRate: string;
  readonly exchangeCrossRate: string | null;
  readonly exchangeRateDate: string;
  readonly amountBase: string;
  readonly taxAmountBase: string;
}

/** Transactions of a span of time; where batches are named, of these alone. */
export interface Scan {
  readonly from: Date;
  readonly until: Date;
  readonly batchIds: readonly string[] | undefined;
}

const rowsPerFetch = 5000;

/** Reads transactions some at a time through a cursor, within the open transaction of the database. */
export async function* scanFigures(db: Queryable, scan: Scan): AsyncGenerator<readonly StoredFigures[]> {
  await db.execute(sql`declare figures no scroll cursor for ${scanQuery(scan)}`);
  for (;;) {
    const { rows } = await db.execute<StoredFigures & Record<string, unknown>>(
      sql.raw(`fetch ${rowsPerFetch} from figures`),
    );
    if (rows.length === 0) break;
    yield rows;
  }
  await db.execute(sql`close figures`);
}

function scanQuery({ from, until, batchIds }: Scan): SQL {
  const ofBatches =
    batchIds === undefined ? sql`` : sql` and batch_id in ${batchIds.length === 0 ? sql`(null)` : [...batchIds]}`;
  return sql`
    select order_id as "orderId",
      floor(extract(epoch from transaction_timestamp) * 1000)::float8 as "timestampMs",
      amount::text, currency, coalesce(country, '') as country, product_category as "productCategory",
      tax_date::text as "taxDate", tax_rate::text as "taxRate", tax_jurisdiction as "taxJurisdiction",
      tax_amount::text as "taxAmount", total_amount::text as "totalAmount", exchange_rate::text as "exchangeRate",
      exchange_cross_rate::text as "exchangeCrossRate", exchange_rate_date::text as "exchangeRateDate",
      amount_base::text as "amountBase", tax_amount_base::text as "taxAmountBase"
    from transactions
    where transaction_timestamp >= ${literal(from)} and transaction_timestamp < ${literal(until)}${ofBatches}`;
}

/** DECLARE takes no parameters. */
function literal(moment: Date): SQL {
  return sql.raw(`'${moment.toISOString()}'::timestamptz`);
}

/** The batches loaded since a moment. */
export async function loadedBatches(db: Queryable, since: Date): Promise<string[]> {
  const rows = await db
    .select({ batchId: etlBatches.batchId })
    .from(etlBatches)
    .where(and(eq(etlBatches.state, 'loaded'), gte(etlBatches.loadedAt, since)));
  return rows.map(({ batchId }) => batchId);
}
