import { chosenSales } from '../sql/sales-filter.ts';

/**
 * The alerts of the time range on chosen sales, as a FROM clause with its condition. While no variable narrows them, no
 * column of `transactions` is needed, and PostgreSQL leaves the join out.
 */
export const chosenAlerts = `from fraud_alerts
left join transactions using (order_id)
where $__timeFilter(fraud_alerts.transaction_timestamp)
  and ${chosenSales}`;

/** Names of the rules that fired for an alert, in their order. */
export const firedRules = `(
    select string_agg(reason ->> 'rule', ', ' order by position)
    from jsonb_array_elements(reasons) with ordinality as fired (reason, position)
  )`;
