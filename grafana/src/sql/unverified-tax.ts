import { baseMoneyText } from './money.ts';

/**
 * What sales of the dashboard's time range were taxed by rates that no verified rule in force has, by country, category and
 * rate: of the days of the tax, which are few, never of the sales.
 */
export const unverifiedTax = `with charged as (
  select tax_date, coalesce(nullif(country, ''), 'US') as country, product_category, tax_rate, transaction_count,
    amount_base_sum, tax_base_sum
  from tax_per_day
  where tax_date between ($__timeFrom()::timestamptz at time zone 'UTC')::date
    and ($__timeTo()::timestamptz at time zone 'UTC')::date
), rules as (
  select country, product_category, rate, is_verified, valid_from, coalesce(valid_to, 'infinity') as valid_to
  from tax_rates
  where superseded_by is null and region = '*'
)
select
  c.country as "Country",
  c.product_category as "Category",
  c.tax_rate as "Rate",
  sum(c.transaction_count) as "Transactions",
  ${baseMoneyText('sum(c.amount_base_sum)')} as "Base amount",
  ${baseMoneyText('sum(c.tax_base_sum)')} as "Tax, base"
from charged c
left join rules own
  on own.country = c.country and own.product_category = c.product_category
  and c.tax_date >= own.valid_from and c.tax_date < own.valid_to
left join rules standard
  on standard.country = c.country and standard.product_category = '*'
  and c.tax_date >= standard.valid_from and c.tax_date < standard.valid_to
where case when own.rate is null then standard.rate = c.tax_rate and standard.is_verified
  else own.rate = c.tax_rate and own.is_verified end is not true
group by 1, 2, 3
order by sum(c.tax_base_sum) desc, 1, 2, 3
limit 50`;
