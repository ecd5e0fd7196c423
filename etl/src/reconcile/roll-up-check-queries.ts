import { currencyCodes, currencyExponent } from '@pulse/contract';
import { customerDayRollUp, hourRollUp, minuteRollUp, taxRollUp, type RollUp } from '@pulse/migrations/schema';

import { recentCountMax, recentSpanMs } from '../fraud/customer-history.ts';
import type { Check } from './check-scope-queries.ts';

/** A column, and the expression that computes it. */
interface Computed {
  readonly name: string;
  readonly sql: string;
}

const instant = `date_trunc('milliseconds', transaction_timestamp)`;
/** The order in which the pipeline meets transactions of one moment. */
const latest = `order by ${instant} desc, processed_at desc, arrived_at desc, kafka_partition desc, kafka_offset desc`;

export const rollUpChecks: readonly Check[] = [
  sumCheck(minuteRollUp, 'minute'),
  sumCheck(hourRollUp, 'hour'),
  sumCheck(taxRollUp, 'tax_date'),
  sumCheck(customerDayRollUp, 'customer_id', [{ name: 'last_transaction_at', sql: `max(${instant})` }]),
  recomputeCheck({
    table: 'customer_profiles',
    key: [{ name: 'customer_id', sql: 'customer_id' }],
    values: [
      { name: 'transaction_count', sql: 'count(*)' },
      { name: 'amount_base_sum', sql: 'sum(amount_base)' },
      { name: 'amount_base_sum_of_squares', sql: 'sum(amount_base * amount_base)' },
      { name: 'first_transaction_at', sql: `min(${instant})` },
      { name: 'last_transaction_at', sql: `max(${instant})` },
      { name: 'last_country', sql: `(array_agg(country ${latest}))[1]` },
      { name: 'last_currency', sql: `(array_agg(currency ${latest}))[1]` },
    ],
    touchedBy: 'customer_id',
  }),
  recentSalesCheck(),
  currencySumsCheck(),
];

/** The sums of a roll-up; `others` are its columns that do not add up. */
function sumCheck({ table, key, sums }: RollUp, touchedBy: string, others: readonly Computed[] = []): Check {
  const values = sums.map(({ name, sql }) => ({ name, sql: `sum(${sql})` }));
  return recomputeCheck({ table, key, values: [...values, ...others], touchedBy });
}

/**
 * A stored table against the same computed from the transactions: all of it, or where $1 is given all that has a value of the
 * column `touchedBy` in common with a transaction loaded since.
 */
function recomputeCheck(options: {
  readonly table: string;
  readonly key: readonly Computed[];
  readonly values: readonly Computed[];
  readonly touchedBy: string;
}): Check {
  const { table, key, values, touchedBy } = options;
  const touched = key.find(({ name }) => name === touchedBy)?.sql;
  const keyNames = key.map(({ name }) => name).join(', ');
  const valueNames = values.map(({ name }) => name);
  const row = (alias: string): string => `(${valueNames.map((name) => `${alias}.${name}`).join(', ')})`;
  const text = (alias: string): string =>
    `case when ${alias}.${valueNames[0]} is null then 'no row'
          else jsonb_build_object(${valueNames.map((name) => `'${name}', ${alias}.${name}`).join(', ')})::text end`;
  return {
    name: table,
    message: `${table} is not what the transactions add up to`,
    sql: `
      with touched as materialized (
        select distinct ${touched} as key
        from transactions
        where $1::timestamptz is not null and processed_at >= $1
      ),
      recomputed as (
        select ${[...key, ...values].map(({ name, sql }) => `${sql} as ${name}`).join(',\n          ')}
        from transactions
        where $1::timestamptz is null or ${touched} in (select key from touched)
        group by ${key.map((_, index) => index + 1).join(', ')}
      ),
      stored as (
        select *
        from ${table}
        where $1::timestamptz is null or ${touchedBy} in (select key from touched)
      )
      select '${table} ' || concat_ws(', ', ${keyNames}) as subject,
        ${text('r')} as expected,
        ${text('s')} as found
      from recomputed r
      full join stored s using (${keyNames})
      where ${row('r')} is distinct from ${row('s')}`,
  };
}

function recentSalesCheck(): Check {
  return {
    name: 'recent_sales',
    message: 'the recent sales in a profile are not the newest transactions of the customer',
    sql: `
      with touched as materialized (
        select distinct customer_id
        from transactions
        where $1::timestamptz is not null and processed_at >= $1
      ),
      base as (select ${minorUnits('base_currency')} as minor_units from warehouse_state),
      newest as (
        select customer_id, currency, coalesce(country, '') as country,
          (amount * ${minorUnits('currency')})::float8 as amount_minor,
          (amount_base * (select minor_units from base))::float8 as amount_base_minor,
          floor(extract(epoch from transaction_timestamp) * 1000) as time_ms,
          floor(extract(epoch from max(transaction_timestamp) over (partition by customer_id)) * 1000) as latest_ms,
          row_number() over (partition by customer_id ${latest}) as place
        from transactions
        where $1::timestamptz is null or customer_id in (select customer_id from touched)
      ),
      recomputed as (
        select customer_id,
          jsonb_agg(jsonb_build_array(time_ms, amount_minor, amount_base_minor, currency, country) order by place) as sales
        from newest
        where place <= ${recentCountMax} and time_ms >= latest_ms - ${recentSpanMs}
        group by customer_id
      ),
      stored as (
        select customer_id, recent_sales as sales
        from customer_profiles
        where $1::timestamptz is null or customer_id in (select customer_id from touched)
      )
      select 'customer_profiles ' || customer_id as subject, r.sales::text as expected, s.sales::text as found
      from recomputed r
      join stored s using (customer_id)
      where r.sales is distinct from s.sales`,
  };
}

function currencySumsCheck(): Check {
  return {
    name: 'currency_sums',
    message: 'the sums of a currency over all transactions are not those of the roll-up',
    sql: `
      select format('currency %s', currency) as subject,
        format('amount %s, tax %s, total %s', t.amount, t.tax, t.total) as expected,
        format('amount %s, tax %s, total %s', s.amount, s.tax, s.total) as found
      from (
        select currency, sum(amount) as amount, sum(tax_amount) as tax, sum(total_amount) as total
        from transactions
        where $1::timestamptz is null
        group by currency
      ) t
      full join (
        select currency, sum(amount_sum) as amount, sum(tax_sum) as tax, sum(total_sum) as total
        from sales_per_minute
        where $1::timestamptz is null
        group by currency
      ) s using (currency)
      where (t.amount, t.tax, t.total) is distinct from (s.amount, s.tax, s.total)`,
  };
}

/** How many minor units the currency in an SQL expression has, as SQL. */
function minorUnits(currency: string): string {
  const byExponent = Map.groupBy(currencyCodes, (code) => currencyExponent(code) ?? 2);
  const cases = [...byExponent].map(
    ([exponent, codes]) =>
      `when ${currency} in (${codes.map((code) => `'${code}'`).join(', ')}) then ${10 ** exponent}`,
  );
  return `case ${cases.join(' ')} end`;
}
