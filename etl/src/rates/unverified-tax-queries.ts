import { sql } from 'drizzle-orm';

import type { Queryable } from '../warehouse/connection.ts';

/** What transactions of a country and category were taxed by a rate that no verified rule in force has. */
export interface UnverifiedCharge extends Record<string, unknown> {
  readonly country: string;
  readonly productCategory: string;
  readonly taxRate: string;
  readonly transactionCount: number;
  /** In the base currency, as text. */
  readonly amountBase: string;
  readonly taxBase: string;
}

/**
 * What was charged by unverified rates, most tax first: the rate of a day counts as verified where the rule that is in force
 * now for its country, category and day is verified and has this rate. So a verification counts at once, and what was taxed
 * by a rate that has been corrected stands here until it is computed again.
 * @param sinceDays - Days of the tax back from today; undefined for all.
 */
export async function readUnverifiedCharges(db: Queryable, sinceDays?: number): Promise<UnverifiedCharge[]> {
  const isRecent =
    sinceDays === undefined ? sql`true` : sql`tax_date > (now() at time zone 'utc')::date - ${sinceDays}::int`;
  const { rows } = await db.execute<UnverifiedCharge>(sql`
    with charged as (
      select tax_date, coalesce(nullif(country, ''), 'US') as country, product_category, tax_rate, transaction_count,
        amount_base_sum, tax_base_sum
      from tax_per_day
      where ${isRecent}
    ), rules as (
      select country, product_category, rate, is_verified, valid_from, coalesce(valid_to, 'infinity') as valid_to
      from tax_rates
      where superseded_by is null and region = '*'
    )
    select c.country, c.product_category as "productCategory", trim_scale(c.tax_rate)::text as "taxRate",
      sum(c.transaction_count)::float8 as "transactionCount", trim_scale(sum(c.amount_base_sum))::text as "amountBase",
      trim_scale(sum(c.tax_base_sum))::text as "taxBase"
    from charged c
    left join rules own
      on (own.country, own.product_category) = (c.country, c.product_category)
      and c.tax_date >= own.valid_from and c.tax_date < own.valid_to
    left join rules standard
      on standard.country = c.country and standard.product_category = '*'
      and c.tax_date >= standard.valid_from and c.tax_date < standard.valid_to
    where case when own.rate is null then standard.rate = c.tax_rate and standard.is_verified
      else own.rate = c.tax_rate and own.is_verified end is not true
    group by 1, 2, 3
    order by sum(c.tax_base_sum) desc, 1, 2, 3`);
  return rows;
}
