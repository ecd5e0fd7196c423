import { exchangeRates, sourcePositions, taxRates } from '@pulse/migrations/schema';
import { and, asc, between, eq, isNull, lte } from 'drizzle-orm';
import type pg from 'pg';

import type { PlannedRange } from '../batch/plan.ts';
import type { ExchangeRate } from '../transform/exchange.ts';
import type { TaxRate } from '../transform/tax.ts';
import type { Queryable } from './connection.ts';

/** True while every position still stands where the batch begins: nothing else has loaded its records. */
export async function positionsStandAt(
  db: Queryable,
  topic: string,
  ranges: readonly PlannedRange[],
): Promise<boolean> {
  const positions = await db.select().from(sourcePositions).where(eq(sourcePositions.topic, topic));
  return ranges.every(({ partition, epoch, fromOffset }) =>
    positions.some(
      (position) => position.partition === partition && position.epoch === epoch && position.nextOffset === fromOffset,
    ),
  );
}

/** Which of these orders are loaded, with their content hashes in hexadecimal. */
export async function knownOrders(client: pg.Client, orderIds: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await client.query<[string, string]>({
    name: 'known_orders',
    text: `select order_id, encode(content_hash, 'hex') from transactions where order_id = any($1)`,
    values: [orderIds],
    rowMode: 'array',
  });
  return new Map(rows);
}

/** The greatest order id that is loaded, byte by byte; null while nothing is. */
export async function greatestOrderId(client: pg.Client): Promise<string | null> {
  const { rows } = await client.query<{ greatest: string | null }>(
    'select max(order_id) as greatest from transactions',
  );
  return rows[0]?.greatest ?? null;
}

/** The tax rules that were recorded by then. */
export async function readTaxRates(db: Queryable, recordedBy: Date): Promise<TaxRate[]> {
  return db.select().from(taxRates).where(lte(taxRates.recordedAt, recordedBy)).orderBy(asc(taxRates.taxRateId));
}

/** Rates against the base currency published from one day to another, both YYYY-MM-DD, and recorded by then. */
export async function readExchangeRates(
  db: Queryable,
  baseCurrency: string,
  days: { readonly first: string; readonly last: string },
  recordedBy: Date,
): Promise<ExchangeRate[]> {
  return db
    .select({ quote: exchangeRates.quote, rate: exchangeRates.rate, validFrom: exchangeRates.validFrom })
    .from(exchangeRates)
    .where(
      and(
        eq(exchangeRates.base, baseCurrency),
        between(exchangeRates.validFrom, days.first, days.last),
        lte(exchangeRates.recordedAt, recordedBy),
        isNull(exchangeRates.supersededBy),
      ),
    );
}
