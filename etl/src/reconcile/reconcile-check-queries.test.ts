import { customerDays, customerProfiles, salesPerHour, salesPerMinute, taxPerDay } from '@pulse/migrations/schema';
import { getTableColumns, getTableName } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { checks } from './reconcile-check-queries.ts';

test.each([salesPerMinute, salesPerHour, taxPerDay, customerDays, customerProfiles])(
  'every column of a roll-up is recomputed (%#)',
  (table) => {
    const about = checks.filter(({ sql }) => sql.includes(getTableName(table))).map(({ sql }) => sql);
    for (const { name } of Object.values(getTableColumns(table))) {
      expect(about.some((sql) => sql.includes(name)) ? [] : [name]).toEqual([]);
    }
  },
);

test('the check of a roll-up reads as if it were written by hand', () => {
  expect(checks.find(({ name }) => name === 'tax_per_day')?.sql).toMatchInlineSnapshot(`
    "
          with touched as materialized (
            select distinct tax_date as key
            from transactions
            where $1::timestamptz is not null and processed_at >= $1
          ),
          recomputed as (
            select tax_date as tax_date,
              coalesce(country, '') as country,
              product_category as product_category,
              tax_rate as tax_rate,
              sum(1) as transaction_count,
              sum(amount_base) as amount_base_sum,
              sum(tax_amount_base) as tax_base_sum
            from transactions
            where $1::timestamptz is null or tax_date in (select key from touched)
            group by 1, 2, 3, 4
          ),
          stored as (
            select *
            from tax_per_day
            where $1::timestamptz is null or tax_date in (select key from touched)
          )
          select 'tax_per_day ' || concat_ws(', ', tax_date, country, product_category, tax_rate) as subject,
            case when r.transaction_count is null then 'no row'
              else jsonb_build_object('transaction_count', r.transaction_count, 'amount_base_sum', r.amount_base_sum, 'tax_base_sum', r.tax_base_sum)::text end as expected,
            case when s.transaction_count is null then 'no row'
              else jsonb_build_object('transaction_count', s.transaction_count, 'amount_base_sum', s.amount_base_sum, 'tax_base_sum', s.tax_base_sum)::text end as found
          from recomputed r
          full join stored s using (tax_date, country, product_category, tax_rate)
          where (r.transaction_count, r.amount_base_sum, r.tax_base_sum) is distinct from (s.transaction_count, s.amount_base_sum, s.tax_base_sum)"
  `);
});
