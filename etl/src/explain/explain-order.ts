import type { Context } from '../program/context.ts';
import { UsageError } from '../failures/errors.ts';
import { readOrder, type OrderRecords } from './explain-queries.ts';
import { jsonLine } from '../program/json-line.ts';
import { evaluateOrder, type MeasuredRule, type EvaluatedOrder } from './evaluate-order.ts';
import { table, timeText } from '../program/table.ts';
import { taxStandingOf } from './tax-standing.ts';

type Transaction = NonNullable<OrderRecords['transaction']>;

/** How one order came to be what it is. @throws UsageError when the warehouse has never seen it. */
export async function explainOrder(context: Context, orderId: string, json: boolean): Promise<string> {
  const order = await readOrder(context.warehouse.db, orderId);
  if (order.transaction === undefined && order.rejects.length === 0) {
    throw new UsageError(`no transaction and no rejected record has the order id ${JSON.stringify(orderId)}`);
  }
  const { baseCurrency } = context.config.rules;
  const figures =
    order.transaction === undefined
      ? []
      : figuresOf(order.transaction, baseCurrency, await taxStandingOf(context.warehouse.db, order.transaction));
  const fraud = order.transaction === undefined ? undefined : await evaluate(context, order, order.transaction);
  if (json) return jsonLine({ order_id: orderId, topic: order.batch?.topic ?? null, figures, fraud, ...order });
  const parts = [`order ${orderId}`];
  if (order.transaction === undefined) parts.push('not loaded: each record with this order id was rejected');
  else parts.push(...describeTransaction(order.transaction, order, figures));
  if (fraud !== undefined) parts.push(...describeFraud(fraud, order));
  for (const revision of order.revisions) parts.push(describeRevision(revision));
  for (const duplicate of order.duplicates) parts.push(describeDuplicate(duplicate));
  for (const reject of order.rejects) parts.push(describeReject(reject));
  return parts.join('\n');
}

interface Figure {
  readonly figure: string;
  readonly value: string;
  readonly arithmetic: string;
}

/** Each figure with the numbers that it was made of. */
function figuresOf(t: Transaction, base: string, taxStanding: string): readonly Figure[] {
  const isIncluded = t.totalAmount === t.amount && !isZero(t.taxAmount);
  const rate = `${trimmed(t.taxRate)} (${t.taxJurisdiction}, ${t.taxDate}${taxStanding})`;
  const tax = isIncluded
    ? `included in ${trimmed(t.amount)} at ${rate}`
    : `${trimmed(t.amount)} × ${rate}, rounded by the rule`;
  const total = isIncluded
    ? `${trimmed(t.amount)}, the tax is in it`
    : `${trimmed(t.amount)} + ${trimmed(t.taxAmount)}`;
  const cross = t.exchangeCrossRate === null ? '' : `, crossing with ${trimmed(t.exchangeCrossRate)}`;
  const exchange = `at ${trimmed(t.exchangeRate)} of ${t.exchangeRateDate}${cross}`;
  return [
    { figure: 'amount', value: `${trimmed(t.amount)} ${t.currency}`, arithmetic: 'as in the message' },
    { figure: 'tax', value: `${trimmed(t.taxAmount)} ${t.currency}`, arithmetic: tax },
    { figure: 'total', value: `${trimmed(t.totalAmount)} ${t.currency}`, arithmetic: total },
    {
      figure: 'amount, base',
      value: `${trimmed(t.amountBase)} ${base}`,
      arithmetic: `${trimmed(t.amount)} ${t.currency} ${exchange}`,
    },
    {
      figure: 'tax, base',
      value: `${trimmed(t.taxAmountBase)} ${base}`,
      arithmetic: `${trimmed(t.taxAmount)} ${t.currency} ${exchange}`,
    },
  ];
}

function describeTransaction(t: Transaction, order: OrderRecords, figures: readonly Figure[]): readonly string[] {
  const { batch, alert } = order;
  const airflow =
    batch === undefined || batch.airflowRunId === null
      ? 'outside Airflow'
      : `Airflow ${batch.airflowDagId ?? ''} ${batch.airflowRunId}`;
  return [
    `sold ${timeText(t.transactionTimestamp)} to ${t.customerId}: ${t.productCategory}, ${t.country ?? 'no country named'}`,
    `record: ${batch?.topic ?? 'unknown topic'} partition ${t.kafkaPartition}, offset ${t.kafkaOffset} (epoch ${t.kafkaEpoch}); content ${t.contentHash.toString('hex')}`,
    `loaded ${timeText(t.processedAt)} by batch ${t.batchId} (${batch?.kind ?? 'unknown'}, ${airflow}, version ${batch?.codeVersion ?? 'unknown'})`,
    table(
      ['figure', 'value', 'how'],
      figures.map(({ figure, value, arithmetic }) => [figure, value, arithmetic]),
    ),
    `fraud score ${t.fraudScore}: ${t.isFraudFlagged ? `flagged (${alert?.decision ?? 'no alert stored'})` : 'clear'}, rule set ${ruleSetOf(order) ?? 'unknown'}`,
  ];
}

function ruleSetOf({ alert, batch }: OrderRecords): string | null | undefined {
  return alert?.ruleSetVersion ?? batch?.ruleSetVersion;
}

/** `isAsStored`: the same rules find something as did when the order was loaded, and the score is the same. */
type ExplainedFraud = EvaluatedOrder & { readonly isAsStored: boolean };

async function evaluate(context: Context, order: OrderRecords, t: Transaction): Promise<ExplainedFraud> {
  const version = ruleSetOf(order);
  if (version === undefined || version === null) {
    return { kind: 'unknown', why: 'the batch has noted no rule set', isAsStored: false };
  }
  const again = await evaluateOrder(context, t.orderId, version);
  if (again.kind === 'unknown') return { ...again, isAsStored: false };
  const found = again.rules.filter(({ isFound }) => isFound).map(({ rule }) => rule);
  const isAsStored = again.score === t.fraudScore && found.toSorted().join() === t.fraudReasons.toSorted().join();
  return { ...again, isAsStored };
}

/** Every rule against its threshold; and what the alert has kept, where that is not known or was otherwise. */
function describeFraud(fraud: ExplainedFraud, { alert }: OrderRecords): readonly string[] {
  const parts: string[] = [];
  if (fraud.kind === 'unknown') parts.push(`the rules can not be recomputed: ${fraud.why}`);
  else {
    const difference = fraud.isAsStored
      ? 'as when it was loaded'
      : `not as when it was loaded: today's stored sales make it ${fraud.score} (${fraud.decision})`;
    parts.push(`each rule, recomputed from the customer's stored sales; ${difference}`, ruleTable(fraud.rules));
  }
  if (alert !== undefined && !fraud.isAsStored) {
    parts.push('what the alert has kept', ruleTable(alert.reasons.map((reason) => ({ ...reason, isFound: true }))));
  }
  return parts;
}

function ruleTable(rules: readonly MeasuredRule[]): string {
  const rows = rules.map((r) => [
    `${r.rule} (v${r.version})`,
    r.observed,
    r.threshold,
    r.weight,
    r.isFound ? 'yes' : '',
  ]);
  return table(['rule', 'observed', 'threshold', 'weight', 'found'], rows);
}

function describeRevision(r: OrderRecords['revisions'][number]): string {
  return (
    `revision ${r.revision} (${r.reprocessId}): tax ${trimmed(r.taxAmountBefore)} → ${trimmed(r.taxAmountAfter)}, ` +
    `total ${trimmed(r.totalAmountBefore)} → ${trimmed(r.totalAmountAfter)}, base ${trimmed(r.amountBaseBefore)} → ${trimmed(r.amountBaseAfter)}`
  );
}

function describeDuplicate(d: OrderRecords['duplicates'][number]): string {
  return (
    `the same again: ${d.topic} partition ${d.partition}, offset ${d.offset} (epoch ${d.epoch}), in Kafka ${timeText(d.kafkaTimestamp)}, ` +
    `a duplicate of the content above, batch ${d.batchId}`
  );
}

function describeReject(r: OrderRecords['rejects'][number]): string {
  const findings = r.errors.map(({ field, message }) => `  ${field === '' ? 'record' : field}: ${message}`);
  const where = `${r.topic} partition ${r.partition}, offset ${r.offset} (epoch ${r.epoch}), in Kafka ${timeText(r.kafkaTimestamp)}`;
  return [
    `rejected record ${r.rejectedId} (${r.status}): ${where}, ${r.reasonCode}, batch ${r.batchId}`,
    ...findings,
  ].join('\n');
}

/** A decimal without the zeros behind it. */
function trimmed(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}

function isZero(decimal: string): boolean {
  return /^-?0(\.0*)?$/.test(decimal);
}
