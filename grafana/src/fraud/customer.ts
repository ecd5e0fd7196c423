import type { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import type { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

import { linkToBatch } from '../dashboard-links.ts';
import { stackedBarsPanel } from '../graph-panel.ts';
import { redWhen } from '../red-when.ts';
import { baseMoneyText, moneyText } from '../sql/money.ts';
import { countryName } from '../sql/sales-filter.ts';
import { money, tablePanel } from '../table-panel.ts';
import { firedRules } from './alerts.ts';

/** The chosen customer; until one is, that of the newest alert in the time range. */
const customer = `coalesce(
    nullif(\${customer:sqlstring}, ''),
    (
      select customer_id
      from fraud_alerts
      where $__timeFilter(transaction_timestamp)
      order by transaction_timestamp desc, order_id
      limit 1
    )
  )`;

const which = 'The customer is the one chosen above, or else that of the newest alert.';

/** What is known of one customer. */
export function customerPanels(): (TableBuilder | TimeseriesBuilder)[] {
  return [profile(), days(), alerts(), latestSales()];
}

const deviation = `sqrt(
    greatest(
      amount_base_sum_of_squares / nullif(transaction_count, 0) - power(amount_base_sum / nullif(transaction_count, 0), 2),
      0
    )
  )`;

function profile(): TableBuilder {
  return tablePanel({
    id: 13,
    title: 'Customer: profile',
    description: `What the fraud rules know of the customer before the next batch, of all time: amounts in the base currency, their mean and standard deviation. ${which}`,
    width: 24,
    height: 4,
    sql: `select
  customer_id as "Customer",
  transaction_count as "Transactions",
  ${baseMoneyText('amount_base_sum')} as "Base amount",
  ${baseMoneyText('amount_base_sum / nullif(transaction_count, 0)')} as "Mean",
  ${baseMoneyText(deviation)} as "Deviation",
  first_transaction_at as "First",
  last_transaction_at as "Latest",
  coalesce(last_country, 'unknown') as "Latest country",
  last_currency as "Latest currency"
from customer_profiles
where customer_id = ${customer}
limit 1`,
    columns: {
      'Base amount': money,
      Mean: money,
      Deviation: money,
    },
    noValue: 'no such customer',
  });
}

function days(): TimeseriesBuilder {
  return stackedBarsPanel({
    id: 14,
    title: 'Customer: transactions by day',
    description: `Transactions of each UTC day that the time range touches, flagged and others. ${which}`,
    unit: 'short',
    width: 24,
    height: 6,
    sql: `select
  day::timestamp at time zone 'UTC' as "time",
  transaction_count - flagged_count as "clear",
  flagged_count as "flagged"
from customer_days
where customer_id = ${customer}
  and day between ($__timeFrom()::timestamptz at time zone 'UTC')::date
    and ($__timeTo()::timestamptz at time zone 'UTC')::date
order by day
limit 3660`,
    series: { clear: 'blue', flagged: 'red' },
    interval: '1d',
  });
}

function alerts(): TableBuilder {
  return tablePanel({
    id: 15,
    title: 'Customer: alerts',
    description: `The customer's fifty newest alerts of the time range, with what each rule saw and its threshold. ${which}`,
    width: 24,
    height: 7,
    sql: `select
  transaction_timestamp as "Time",
  order_id as "Order",
  ${baseMoneyText('amount_base')} as "Base amount",
  fraud_score as "Score",
  decision as "Decision",
  ${firedRules} as "Rules",
  (
    select string_agg(
      concat_ws(' ', reason ->> 'rule', reason ->> 'observed', 'against', reason ->> 'threshold'),
      '; ' order by position
    )
    from jsonb_array_elements(reasons) with ordinality as seen (reason, position)
  ) as "Observed",
  batch_id as "Batch"
from fraud_alerts
where customer_id = ${customer}
  and $__timeFilter(transaction_timestamp)
order by transaction_timestamp desc, order_id
limit 50`,
    columns: { 'Base amount': money, Decision: redWhen('block'), Batch: linkToBatch() },
    noValue: 'no alerts',
  });
}

/** The facts have no index on customers, for that would cost a quarter of the load: one hour of them is read. */
function latestSales(): TableBuilder {
  return tablePanel({
    id: 16,
    title: 'Customer: the hour up to the latest sale',
    description: `The customer's transactions in the hour that ends with the latest one in the time range, newest first, at most fifty. Amounts are in the currency of their row. ${which}`,
    width: 24,
    height: 9,
    sql: `with latest as (
  select least(last_transaction_at, $__timeTo()::timestamptz) as sold_at
  from customer_days
  where customer_id = ${customer}
    and day between ($__timeFrom()::timestamptz at time zone 'UTC')::date
      and ($__timeTo()::timestamptz at time zone 'UTC')::date
  order by day desc
  limit 1
)
select
  transaction_timestamp as "Time",
  order_id as "Order",
  product_category as "Category",
  ${countryName} as "Country",
  currency as "Currency",
  ${moneyText('amount', 'currency')} as "Amount",
  ${baseMoneyText('amount_base')} as "Base amount",
  fraud_score as "Score",
  case when is_fraud_flagged then 'flagged' else 'clear' end as "Fraud",
  batch_id as "Batch"
from transactions
where customer_id = ${customer}
  and $__timeFilter(transaction_timestamp)
  and transaction_timestamp >= (select sold_at from latest) - interval '1 hour'
  and transaction_timestamp <= (select sold_at from latest)
order by transaction_timestamp desc, order_id
limit 50`,
    columns: { Amount: money, 'Base amount': money, Fraud: redWhen('flagged'), Batch: linkToBatch() },
    noValue: 'no sales',
  });
}
