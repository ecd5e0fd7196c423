import { exchangeRates, taxRates } from '@pulse/migrations/schema';
import { and, asc, desc, eq, gt, inArray, isNull, lt, lte, or, sql } from 'drizzle-orm';

import { copyNull, copyText } from '../copy-format/copy-text.ts';
import type { PublishedRate } from './published-rate.ts';
import type { TaxRule } from './parse-tax-rules.ts';
import type { Changes, Stored } from './plan-changes.ts';
import type { Queryable, Warehouse } from '../warehouse/connection.ts';
import { copyRows } from '../warehouse/copy-rows.ts';
import { bumpStateVersion, lockState } from '../warehouse/positions.ts';

/** The tax rules in force, by country, region, category and first day. */
export async function taxRulesInForce(db: Queryable): Promise<Stored<TaxRule>[]> {
  const rows = await db
    .select()
    .from(taxRates)
    .where(isNull(taxRates.supersededBy))
    .orderBy(asc(taxRates.country), asc(taxRates.region), asc(taxRates.productCategory), asc(taxRates.validFrom));
  return rows.map(({ taxRateId: id, recordedAt: _recorded, supersededBy: _superseded, ...item }) => ({ id, item }));
}

/** The exchange rates in force that have a pair and a day in common with these. */
export async function exchangeRatesInForce(
  db: Queryable,
  rates: readonly PublishedRate[],
): Promise<Stored<PublishedRate>[]> {
  const distinct = (select: (rate: PublishedRate) => string): string[] => [...new Set(rates.map(select))];
  const first = distinct(({ validFrom }) => validFrom)
    .toSorted()
    .at(0);
  const end = distinct(({ validTo }) => validTo)
    .toSorted()
    .at(-1);
  if (first === undefined || end === undefined) return [];
  const rows = await db
    .select()
    .from(exchangeRates)
    .where(
      and(
        isNull(exchangeRates.supersededBy),
        inArray(
          exchangeRates.base,
          distinct(({ base }) => base),
        ),
        inArray(
          exchangeRates.quote,
          distinct(({ quote }) => quote),
        ),
        lt(exchangeRates.validFrom, end),
        gt(exchangeRates.validTo, first),
      ),
    );
  return rows.map(({ exchangeRateId: id, recordedAt: _recorded, supersededBy: _superseded, ...item }) => ({
    id,
    item,
  }));
}

/** Of each pair the last exchange rate in force that was published by a day (YYYY-MM-DD), or by now. */
export async function lastExchangeRates(db: Queryable, currency?: string, by?: string): Promise<PublishedRate[]> {
  const rows = await db
    .selectDistinctOn([exchangeRates.base, exchangeRates.quote])
    .from(exchangeRates)
    .where(
      and(
        isNull(exchangeRates.supersededBy),
        by === undefined ? undefined : lte(exchangeRates.validFrom, by),
        currency === undefined ? undefined : or(eq(exchangeRates.base, currency), eq(exchangeRates.quote, currency)),
      ),
    )
    .orderBy(asc(exchangeRates.base), asc(exchangeRates.quote), desc(exchangeRates.validFrom));
  return rows.map(({ base, quote, rate, validFrom, validTo, source }) => ({
    base,
    quote,
    rate,
    validFrom,
    validTo,
    source,
  }));
}

/** A table of rates that imports change, and how a row of it is written. */
interface RateTable<Item> {
  readonly name: 'tax_rates' | 'exchange_rates';
  readonly id: string;
  readonly columns: readonly string[];
  /** What rows that replace each other have in common. */
  readonly scope: readonly string[];
  readonly values: (item: Item) => readonly string[];
}

const taxTable: RateTable<TaxRule> = {
  name: 'tax_rates',
  id: 'tax_rate_id',
  columns: [
    'country',
    'region',
    'product_category',
    'rate',
    'is_inclusive',
    'rounding_mode',
    'rounding_increment_minor',
    'valid_from',
    'valid_to',
    'source',
    'is_verified',
    'verified_by',
    'verified_reason',
  ],
  scope: ['country', 'region', 'product_category'],
  values: (rule) => [
    rule.country,
    rule.region,
    copyText(rule.productCategory),
    rule.rate,
    String(rule.isInclusive),
    rule.roundingMode,
    String(rule.roundingIncrementMinor),
    rule.validFrom,
    rule.validTo ?? copyNull,
    copyText(rule.source),
    String(rule.isVerified),
    rule.verifiedBy === null ? copyNull : copyText(rule.verifiedBy),
    rule.verifiedReason === null ? copyNull : copyText(rule.verifiedReason),
  ],
};

const exchangeTable: RateTable<PublishedRate> = {
  name: 'exchange_rates',
  id: 'exchange_rate_id',
  columns: ['base', 'quote', 'rate', 'valid_from', 'valid_to', 'source'],
  scope: ['base', 'quote'],
  values: (rate) => [rate.base, rate.quote, rate.rate, rate.validFrom, rate.validTo, copyText(rate.source)],
};

/** What an import does with the changes that it planned under the lock. */
export type ChangePlanner<Item> = (db: Queryable) => Promise<Changes<Item>>;

/** Applies changes of tax rules, all or none, under the lock of the state. */
export async function applyTaxChanges(
  warehouse: Warehouse,
  lockTimeoutMs: number,
  plan: ChangePlanner<TaxRule>,
): Promise<Changes<TaxRule>> {
  return applyChanges(warehouse, lockTimeoutMs, taxTable, plan);
}

/** Applies changes of exchange rates, all or none, under the lock of the state. */
export async function applyExchangeChanges(
  warehouse: Warehouse,
  lockTimeoutMs: number,
  plan: ChangePlanner<PublishedRate>,
): Promise<Changes<PublishedRate>> {
  return applyChanges(warehouse, lockTimeoutMs, exchangeTable, plan);
}

/** Any number that no other advisory lock of this database has: imports of rates follow each other. */
const importLock = '7301458219003119';

/**
 * A whole history of exchange rates takes a while to be written, for each row is held against the others of its pair: that is
 * done first, and the state is locked, which every load waits for, only to say when the rows were recorded. They are not in
 * force for anybody before: nothing else sees them before the commit.
 */
async function applyChanges<Item>(
  warehouse: Warehouse,
  lockTimeoutMs: number,
  table: RateTable<Item>,
  plan: ChangePlanner<Item>,
): Promise<Changes<Item>> {
  return warehouse.db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${importLock})`);
    const changes = await plan(tx);
    if (changes.added.length === 0) return changes;
    await tx.execute(sql.raw(`set constraints ${table.name}_validity_excl deferred`));
    const lines = changes.added.map((item) => `${[...table.values(item), notRecordedYet].join('\t')}\n`);
    const target = { table: table.name, columns: [...table.columns, 'recorded_at'], format: 'text' } as const;
    await copyRows(warehouse.client, target, chunksOf(lines));
    await supersede(tx, table, changes.superseded);
    await tx.execute(sql`set constraints all immediate`);
    await lockState(tx, lockTimeoutMs);
    await recordNow(tx, table.name);
    await bumpStateVersion(tx);
    return changes;
  });
}

const notRecordedYet = 'infinity';

/**
 * After the lock: what is recorded is never older than a batch that was planned while this waited. No index holds the column,
 * and pages have room for a second version of each row, so that no index is written again.
 */
async function recordNow(tx: Queryable, table: string): Promise<void> {
  // Asked for once: within the update, the clock would be read for each row.
  const { rows } = await tx.execute<{ now: string }>(sql`select clock_timestamp()::text as now`);
  await tx.execute(sql`
    update ${sql.raw(table)} set recorded_at = ${rows[0]?.now ?? 'now'}::timestamptz where recorded_at = ${notRecordedYet}`);
}

/** Each of these rows points to the first of those just written that takes a part of its validity. */
async function supersede<Item>(
  db: Queryable,
  { name, id, scope }: RateTable<Item>,
  rows: readonly Stored<Item>[],
): Promise<void> {
  if (rows.length === 0) return;
  const isSameScope = scope.map((column) => `later.${column} = earlier.${column}`).join(' and ');
  await db.execute(sql`
    update ${sql.raw(name)} earlier
    set superseded_by = (
      select min(later.${sql.raw(id)})
      from ${sql.raw(name)} later
      where ${sql.raw(isSameScope)}
        and later.recorded_at = ${notRecordedYet}
        and later.superseded_by is null
        and daterange(later.valid_from, later.valid_to) && daterange(earlier.valid_from, earlier.valid_to)
    )
    where ${sql.raw(id)} = any(${`{${rows.map((row) => row.id).join(',')}}`}::bigint[])`);
}

const linesPerChunk = 5000;

function* chunksOf(lines: readonly string[]): Generator<Buffer> {
  for (let start = 0; start < lines.length; start += linesPerChunk) {
    yield Buffer.from(lines.slice(start, start + linesPerChunk).join(''));
  }
}
