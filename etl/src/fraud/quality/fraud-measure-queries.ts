import type { FraudLabel } from '@pulse/contract';
import { sql } from 'drizzle-orm';

import type { Queryable } from '../../warehouse/connection.ts';

/** Stores labels; one that is there stays as it is. @returns how many are new. */
export async function storeFraudLabels(db: Queryable, labels: readonly FraudLabel[]): Promise<number> {
  if (labels.length === 0) return 0;
  const { rowCount } = await db.execute(sql`
    insert into fraud_labels (order_id, pattern)
    select distinct on (label->>'order_id') label->>'order_id', label->>'pattern'
    from jsonb_array_elements(${JSON.stringify(labels)}::jsonb) as label
    on conflict (order_id) do nothing`);
  return rowCount ?? 0;
}

/** Sales by what they are and what they were taken for. */
interface DecisionCount extends Record<string, unknown> {
  readonly version: string;
  /** Empty for an honest sale. */
  readonly pattern: string;
  readonly isFlagged: boolean;
  readonly count: number;
}

/** Sales that one rule found. */
interface RuleCount extends Record<string, unknown> {
  readonly version: string;
  readonly rule: string;
  readonly isFraud: boolean;
  readonly isFlagged: boolean;
  readonly count: number;
}

export interface MeasuredTransactions {
  readonly decisions: readonly DecisionCount[];
  readonly rules: readonly RuleCount[];
}

/** What the sets that evaluated live have said of the sales from `since` on, by the labels that are stored. */
export async function measureLive(db: Queryable, since: Date): Promise<MeasuredTransactions> {
  const evaluated = sql`
    select b.rule_set_version as version, l.pattern, t.is_fraud_flagged as is_flagged, t.fraud_reasons as rules
    from transactions t
    join etl_batches b using (batch_id)
    left join fraud_labels l using (order_id)
    where t.transaction_timestamp >= ${since}`;
  return measured(db, evaluated);
}

/** The same of the sets that were shadow then. A finding below the score for a review is not recorded of them. */
export async function measureShadow(db: Queryable, since: Date): Promise<MeasuredTransactions> {
  const evaluated = sql`
    select b.shadow_rule_set_version as version, l.pattern, s.order_id is not null as is_flagged,
      array(select reason->>'rule' from jsonb_array_elements(s.reasons) as reason) as rules
    from transactions t
    join etl_batches b on b.batch_id = t.batch_id and b.shadow_rule_set_version is not null
    left join fraud_shadow_verdicts s on s.order_id = t.order_id and s.rule_set_version = b.shadow_rule_set_version
    left join fraud_labels l on l.order_id = t.order_id
    where t.transaction_timestamp >= ${since}`;
  return measured(db, evaluated);
}

/** UTC days with a sale from `since` on. */
export async function countDays(db: Queryable, since: Date): Promise<number> {
  const { rows } = await db.execute<{ days: number }>(sql`
    select count(distinct (transaction_timestamp at time zone 'UTC')::date)::int as days
    from transactions
    where transaction_timestamp >= ${since}`);
  return rows[0]?.days ?? 0;
}

async function measured(db: Queryable, evaluated: ReturnType<typeof sql>): Promise<MeasuredTransactions> {
  const decisions = await db.execute<DecisionCount>(sql`
    select version, coalesce(pattern, '') as pattern, is_flagged as "isFlagged", count(*)::int as count
    from (${evaluated}) evaluated
    group by 1, 2, 3
    order by 1, 2, 3`);
  const rules = await db.execute<RuleCount>(sql`
    select version, rule, pattern is not null as "isFraud", is_flagged as "isFlagged", count(*)::int as count
    from (${evaluated}) evaluated, unnest(rules) as rule
    group by 1, 2, 3, 4
    order by 1, 2`);
  return { decisions: decisions.rows, rules: rules.rows };
}
