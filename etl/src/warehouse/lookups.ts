import { exchangeRates, sourcePositions, taxRates } from '@pulse/migrations/schema';
import { and, asc, eq, getTableColumns, gt, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type pg from 'pg';

import type { PlannedRange } from '../batch/plan.ts';
import { crossingCurrencies, type ExchangeRate } from '../transform/exchange.ts';
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

/** The tax rules that were in force then: recorded by that time, and not superseded by one recorded by that time. */
export async function readTaxRates(db: Queryable, recordedBy: Date): Promise<TaxRate[]> {
  const later = alias(taxRates, 'later');
  return db
    .select(getTableColumns(taxRates))
    .from(taxRates)
    .leftJoin(later, and(eq(later.taxRateId, taxRates.supersededBy), lte(later.recordedAt, recordedBy)))
    .where(and(lte(taxRates.recordedAt, recordedBy), isNull(later.taxRateId)))
    .orderBy(asc(taxRates.taxRateId));
}

/**
 * Exchange rates that may count on a day from `first` to `last` (YYYY-MM-DD): those published on one of these days, and
 * those published before that are still valid. Of a rate and its corrections the newest one recorded by then.
 */
export async function readExchangeRates(
  db: Queryable,
  baseCurrency: string,
  days: { readonly first: string; readonly last: string },
  recordedBy: Date,
): Promise<ExchangeRate[]> {
  const { base, quote, rate, validFrom, validTo } = exchangeRates;
  const later = alias(exchangeRates, 'later');
  return db
    .select({ base, quote, rate, validFrom, validTo, isSample: sql<boolean>`${exchangeRates.source} = 'sample'` })
    .from(exchangeRates)
    .leftJoin(later, and(eq(later.exchangeRateId, exchangeRates.supersededBy), lte(later.recordedAt, recordedBy)))
    .where(
      and(
        or(inArray(base, [baseCurrency, ...crossingCurrencies]), eq(quote, baseCurrency)),
        lte(validFrom, days.last),
        gt(validTo, days.first),
        lte(exchangeRates.recordedAt, recordedBy),
        isNull(later.exchangeRateId),
      ),
    );
}
