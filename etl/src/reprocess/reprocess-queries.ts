import { etlBatches, etlReprocesses, type ReprocessDifference } from '@pulse/migrations/schema';
import { and, eq, gte, sql, type SQL } from 'drizzle-orm';

import type { Queryable, Warehouse } from '../warehouse/connection.ts';
import { copyRows } from '../warehouse/copy-rows.ts';

/** A loaded transaction as far as tax and conversion go; amounts and rates as PostgreSQL's text of a numeric. */
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

/** The figures that a reprocess may change: their columns in `transactions`, and their types. */
const figures = {
  tax_rate: 'numeric(9, 6) not null',
  tax_jurisdiction: 'text collate "C" not null',
  tax_amount: 'numeric(19, 4) not null',
  total_amount: 'numeric(19, 4) not null',
  exchange_rate: 'numeric(24, 12) not null',
  exchange_cross_rate: 'numeric(24, 12)',
  exchange_rate_date: 'date not null',
  amount_base: 'numeric(19, 4) not null',
  tax_amount_base: 'numeric(19, 4) not null',
} as const;
const figureNames = Object.keys(figures);

/**
 * Columns of a staged change, in the order of a line in COPY text format: the order, when it took place in milliseconds
 * since 1970, its amount in minor units, then each figure before and after.
 */
const figureColumns = figureNames.flatMap((name) => [`${name}_before`, `${name}_after`]);
const changeColumns = ['order_id', 'sale_ms', 'amount_minor', ...figureColumns];

/** Makes the table, of this session alone, that changes are collected in. */
export async function createChangeTable(db: Queryable): Promise<void> {
  const columns = Object.entries(figures).flatMap(([name, type]) => [
    `${name}_before ${type}`,
    `${name}_after ${type}`,
  ]);
  await db.execute(sql`drop table if exists pg_temp.reprocess_changes`);
  await db.execute(
    sql.raw(`
      create temporary table reprocess_changes (
        order_id text collate "C" primary key,
        sale_ms bigint not null,
        amount_minor numeric not null,
        ${columns.join(', ')}
      )`),
  );
}

/** Adds changes: lines in COPY text format. */
export async function addChanges({ client }: Warehouse, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  const target = { table: 'reprocess_changes', columns: changeColumns, format: 'text' } as const;
  await copyRows(client, target, [Buffer.from(lines.join(''))]);
}

export async function countChanges(db: Queryable): Promise<number> {
  const { rows } = await db.execute<{ count: number }>(sql`select count(*)::int as count from reprocess_changes`);
  return rows[0]?.count ?? 0;
}

/** Transactions of a span of time; of some batches only, where they are named. */
export interface Scan {
  readonly from: Date;
  readonly until: Date;
  readonly batchIds: readonly string[] | undefined;
}

const rowsPerFetch = 5000;

/** Reads transactions in portions through a cursor, within the transaction that is open. */
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

/** The batches that are loaded, of those that may have been loaded since a moment. */
export async function loadedBatches(db: Queryable, since: Date): Promise<string[]> {
  const rows = await db
    .select({ batchId: etlBatches.batchId })
    .from(etlBatches)
    .where(and(eq(etlBatches.state, 'loaded'), gte(etlBatches.loadedAt, since)));
  return rows.map(({ batchId }) => batchId);
}

/** What the collected changes add up to, by currency. */
export async function readDifferences(db: Queryable): Promise<ReprocessDifference[]> {
  const { rows } = await db.execute<ReprocessDifference & Record<string, unknown>>(sql`
    select t.currency, count(*)::int as "revisedCount",
      trim_scale(sum(c.tax_amount_after - c.tax_amount_before))::text as "taxDifference",
      trim_scale(sum(c.amount_base_after - c.amount_base_before))::text as "amountBaseDifference",
      trim_scale(sum(c.tax_amount_base_after - c.tax_amount_base_before))::text as "taxBaseDifference"
    from reprocess_changes c
    join transactions t using (order_id)
    group by t.currency
    order by t.currency`);
  return rows;
}

export type ReprocessRecord = Omit<typeof etlReprocesses.$inferInsert, 'publishedAt' | 'differences'>;

/**
 * Puts the collected changes in force, in the caller's transaction, which holds the lock of the state: facts, their
 * history, roll-ups and profiles together.
 * @returns 'stale' when a transaction no longer has the figures that its change was computed from; nothing is done then.
 */
export async function publishChanges(
  db: Queryable,
  record: ReprocessRecord,
  baseExponent: number,
): Promise<'published' | 'stale'> {
  if (!(await standAsRead(db, record.revisedCount))) return 'stale';
  await db.insert(etlReprocesses).values({ ...record, differences: await readDifferences(db) });
  await insertRevisions(db, record.reprocessId);
  await correctRollUps(db);
  await correctProfiles(db, baseExponent);
  const assignments = figureNames.map((name) => `${name} = c.${name}_after`).join(', ');
  await db.execute(sql`
    update transactions t
    set ${sql.raw(assignments)}
    from reprocess_changes c
    where t.order_id = c.order_id`);
  return 'published';
}

async function standAsRead(db: Queryable, changeCount: number): Promise<boolean> {
  const present = figureNames.map((name) => `t.${name}`).join(', ');
  const before = figureNames.map((name) => `c.${name}_before`).join(', ');
  const { rows } = await db.execute<{ count: number }>(sql`
    select count(*)::int as count
    from reprocess_changes c
    join transactions t using (order_id)
    where (${sql.raw(present)}) is not distinct from (${sql.raw(before)})`);
  return rows[0]?.count === changeCount;
}

async function insertRevisions(db: Queryable, reprocessId: string): Promise<void> {
  const names = sql.raw(figureColumns.join(', '));
  await db.execute(sql`
    insert into transaction_revisions (order_id, revision, reprocess_id, ${names})
    select order_id,
      1 + coalesce((select max(revision) from transaction_revisions earlier where earlier.order_id = c.order_id), 0),
      ${reprocessId}, ${names}
    from reprocess_changes c`);
}

async function correctRollUps(db: Queryable): Promise<void> {
  await correctSales(db, 'sales_per_minute', 'minute', '1 minute');
  await correctSales(db, 'sales_per_hour', 'hour', '1 hour');
  await correctTaxes(db);
  await requireAll(
    db,
    'customer_days',
    sql`
    with deltas as (
      select (t.transaction_timestamp at time zone 'UTC')::date as day, t.customer_id,
        sum(c.amount_base_after - c.amount_base_before) as amount_base
      from reprocess_changes c
      join transactions t using (order_id)
      group by 1, 2
    ), corrected as (
      update customer_days k
      set amount_base_sum = k.amount_base_sum + d.amount_base
      from deltas d
      where (k.day, k.customer_id) = (d.day, d.customer_id)
      returning 1
    )
    select (select count(*) from deltas)::int as expected, (select count(*) from corrected)::int as corrected`,
  );
}

/** Moves sales from the rate that they were taxed by to the one that counts now. */
async function correctTaxes(db: Queryable): Promise<void> {
  const moves = sql`
    moves as (
      select t.tax_date, coalesce(t.country, '') as country, t.product_category, c.tax_rate_before as tax_rate,
        -1 as count, -c.amount_base_before as amount_base, -c.tax_amount_base_before as tax_base
      from reprocess_changes c
      join transactions t using (order_id)
      union all
      select t.tax_date, coalesce(t.country, ''), t.product_category, c.tax_rate_after,
        1, c.amount_base_after, c.tax_amount_base_after
      from reprocess_changes c
      join transactions t using (order_id)
    ), deltas as (
      select tax_date, country, product_category, tax_rate, sum(count) as count, sum(amount_base) as amount_base,
        sum(tax_base) as tax_base
      from moves
      group by 1, 2, 3, 4
    )`;
  await db.execute(sql`
    with ${moves}
    insert into tax_per_day as known
      (tax_date, country, product_category, tax_rate, transaction_count, amount_base_sum, tax_base_sum)
    select tax_date, country, product_category, tax_rate, count, amount_base, tax_base
    from deltas
    on conflict (tax_date, country, product_category, tax_rate) do update set
      transaction_count = known.transaction_count + excluded.transaction_count,
      amount_base_sum = known.amount_base_sum + excluded.amount_base_sum,
      tax_base_sum = known.tax_base_sum + excluded.tax_base_sum`);
  await db.execute(sql`delete from tax_per_day where transaction_count = 0`);
}

/** @param time - The column of the table that says when a row's sales took place, to `width`. */
async function correctSales(db: Queryable, table: string, time: string, width: string): Promise<void> {
  const names = { table: sql.raw(table), time: sql.raw(time), width: sql.raw(`'${width}'`) };
  await requireAll(
    db,
    table,
    sql`
    with deltas as (
      select date_bin(${names.width}, t.transaction_timestamp, 'epoch') as ${names.time}, t.product_category, t.currency,
        coalesce(t.country, '') as country,
        sum(c.tax_amount_after - c.tax_amount_before) as tax,
        sum(c.total_amount_after - c.total_amount_before) as total,
        sum(c.amount_base_after - c.amount_base_before) as amount_base,
        sum(c.tax_amount_base_after - c.tax_amount_base_before) as tax_base
      from reprocess_changes c
      join transactions t using (order_id)
      group by 1, 2, 3, 4
    ), corrected as (
      update ${names.table} s
      set tax_sum = s.tax_sum + d.tax,
        total_sum = s.total_sum + d.total,
        amount_base_sum = s.amount_base_sum + d.amount_base,
        tax_base_sum = s.tax_base_sum + d.tax_base
      from deltas d
      where (s.${names.time}, s.product_category, s.currency, s.country)
        = (d.${names.time}, d.product_category, d.currency, d.country)
      returning 1
    )
    select (select count(*) from deltas)::int as expected, (select count(*) from corrected)::int as corrected`,
  );
}

async function correctProfiles(db: Queryable, baseExponent: number): Promise<void> {
  await requireAll(
    db,
    'customer_profiles',
    sql`
    with deltas as (
      select t.customer_id,
        sum(c.amount_base_after - c.amount_base_before) as amount_base,
        sum(c.amount_base_after * c.amount_base_after - c.amount_base_before * c.amount_base_before) as squares
      from reprocess_changes c
      join transactions t using (order_id)
      group by 1
    ), corrected as (
      update customer_profiles p
      set amount_base_sum = p.amount_base_sum + d.amount_base,
        amount_base_sum_of_squares = p.amount_base_sum_of_squares + d.squares
      from deltas d
      where p.customer_id = d.customer_id
      returning 1
    )
    select (select count(*) from deltas)::int as expected, (select count(*) from corrected)::int as corrected`,
  );
  await correctRecentSales(db, baseExponent);
}

/** The newest sales in a profile have no order id, but equal sales of a customer are converted equally. */
async function correctRecentSales(db: Queryable, baseExponent: number): Promise<void> {
  const minorUnits = sql`${10 ** baseExponent}::numeric`;
  await db.execute(sql`
    with changes as (
      select distinct t.customer_id, c.sale_ms, c.amount_minor, t.currency, coalesce(t.country, '') as country,
        c.amount_base_before * ${minorUnits} as before, trim_scale(c.amount_base_after * ${minorUnits}) as after
      from reprocess_changes c
      join transactions t using (order_id)
      where c.amount_base_before <> c.amount_base_after
    ), corrected as (
      select p.customer_id,
        jsonb_agg(
          case when changes.after is null then recent.sale else jsonb_set(recent.sale, '{2}', to_jsonb(changes.after)) end
          order by recent.place
        ) as recent_sales
      from customer_profiles p
      cross join lateral jsonb_array_elements(p.recent_sales) with ordinality as recent (sale, place)
      left join changes
        on changes.customer_id = p.customer_id
        and changes.sale_ms = (recent.sale ->> 0)::bigint
        and changes.amount_minor = (recent.sale ->> 1)::numeric
        and changes.before = (recent.sale ->> 2)::numeric
        and changes.currency = recent.sale ->> 3
        and changes.country = recent.sale ->> 4
      where p.customer_id in (select customer_id from changes)
      group by p.customer_id
    )
    update customer_profiles p
    set recent_sales = corrected.recent_sales
    from corrected
    where p.customer_id = corrected.customer_id`);
}

/** A roll-up that lacks a row of its facts was wrong before: better nothing is changed than half of it. */
async function requireAll(db: Queryable, table: string, query: SQL): Promise<void> {
  const { rows } = await db.execute<{ expected: number; corrected: number }>(query);
  const [counts] = rows;
  if (counts?.expected !== counts?.corrected) {
    throw new Error(
      `${table} has ${counts?.corrected} of the ${counts?.expected} rows that the facts call for: see \`etl reconcile\``,
    );
  }
}
