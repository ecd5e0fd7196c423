/**
 * Writes the rates of checked-tax-rates.csv as SQL, the body of a migration: each takes the place of the shipped rules of its
 * country, category and days. What an operator has imported stays in force, and so does a shipped rule that is the same.
 *
 *   pnpm --filter @pulse/migrations run checked-tax-rates > sql/NUMBER_checked_tax_rates.sql
 */
import process from 'node:process';

import { readCheckedTaxRates, type CheckedTaxRate } from './checked-tax-rates.ts';

process.stdout
  .write(`-- Made by src/write-checked-tax-rates.ts from src/checked-tax-rates.csv, whose rows name their sources.
-- A load or an import under way ends first, and what is recorded here is newer than every batch planned until then.
update warehouse_state
set state_version = state_version + 1
where exists (select from etl_batches);
--> statement-breakpoint
create temporary table checked (
  country text collate "C",
  product_category text collate "C",
  rate numeric,
  valid_from date,
  valid_to date,
  source text,
  is_verified boolean
) on commit drop;
--> statement-breakpoint
insert into checked (country, product_category, rate, valid_from, valid_to, source, is_verified)
values
${readCheckedTaxRates().map(valuesOf).join(',\n')};
--> statement-breakpoint
-- The shipped rules of these scopes that are in force: nobody has imported or verified them.
create temporary table shipped on commit drop as
select tax_rate_id, country, product_category, valid_from, valid_to
from tax_rates
where superseded_by is null and not is_verified and region = '*'
  and source ~ '^(sales-tax 2[.]23[.]0|eu-vat-rates-data 2026-09-29|unverified: )'
  and (country, product_category) in (select country, product_category from checked);
--> statement-breakpoint
set constraints tax_rates_validity_excl deferred;
--> statement-breakpoint
-- Each on those of its days that no rule of an operator has.
insert into tax_rates (country, product_category, rate, valid_from, valid_to, source, is_verified, recorded_at)
select country, product_category, rate, lower(days), upper(days), source, is_verified, recorded.at
from (select clock_timestamp() as at) recorded
cross join checked c
cross join lateral unnest(
  datemultirange(daterange(c.valid_from, c.valid_to)) - coalesce((
    select range_agg(daterange(own.valid_from, own.valid_to))
    from tax_rates own
    where own.country = c.country and own.region = '*' and own.product_category = c.product_category
      and own.superseded_by is null and own.tax_rate_id not in (select tax_rate_id from shipped)
  ), '{}')
) as days
order by country, product_category, lower(days);
--> statement-breakpoint
update tax_rates earlier
set superseded_by = (
  select min(later.tax_rate_id)
  from tax_rates later
  where later.country = earlier.country and later.region = '*' and later.product_category = earlier.product_category
    and later.tax_rate_id > (select max(tax_rate_id) from shipped)
    and later.superseded_by is null
    and later.tax_rate_id not in (select tax_rate_id from shipped)
    and daterange(later.valid_from, later.valid_to) && daterange(earlier.valid_from, earlier.valid_to)
)
where tax_rate_id in (select tax_rate_id from shipped);
--> statement-breakpoint
set constraints tax_rates_validity_excl immediate;
`);

function valuesOf(rule: CheckedTaxRate): string {
  const { country, productCategory, rate, validFrom, validTo, source, isVerified } = rule;
  const end = validTo === null ? 'null' : quoted(validTo);
  const days = `${quoted(validFrom)}, ${end}`;
  return `  (${quoted(country)}, ${quoted(productCategory)}, ${rate}, ${days}, ${quoted(source)}, ${isVerified})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
