import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { readOrder, type OrderRecords } from '../warehouse/explain-queries.ts';
import { jsonLine } from './json-line.ts';
import { table, timeText } from './table.ts';

type Transaction = NonNullable<OrderRecords['transaction']>;

/** How one order came to be what it is. @throws UsageError when the warehouse has never seen it. */
export async function explainOrder(context: Context, orderId: string, json: boolean): Promise<string> {
  const order = await readOrder(context.warehouse.db, orderId);
  if (order.transaction === undefined && order.rejects.length === 0) {
    throw new UsageError(`no transaction and no rejected record has the order id ${JSON.stringify(orderId)}`);
  }
  const { baseCurrency } = context.config.rules;
  const figures = order.transaction === undefined ? [] : figuresOf(order.transaction, baseCurrency);
  if (json) return jsonLine({ order_id: orderId, figures, ...order });
  const parts = [`order ${orderId}`];
  if (order.transaction === undefined) parts.push('not loaded: each record with this order id was rejected');
  else parts.push(...describeTransaction(order.transaction, order, figures));
  for (const reject of order.rejects) parts.push(describeReject(reject));
  return parts.join('\n');
}

interface Figure {
  readonly figure: string;
  readonly value: string;
  readonly arithmetic: string;
}

/** Each figure with the numbers that it was made of. */
function figuresOf(t: Transaction, base: string): readonly Figure[] {
  const isIncluded = t.totalAmount === t.amount && !isZero(t.taxAmount);
  const rate = `${trimmed(t.taxRate)} (${t.taxJurisdiction}, ${t.taxDate})`;
  const tax = isIncluded
    ? `included in ${trimmed(t.amount)} at ${rate}`
    : `${trimmed(t.amount)} × ${rate}, rounded as the rule says`;
  const total = isIncluded
    ? `${trimmed(t.amount)}, the tax is in it`
    : `${trimmed(t.amount)} + ${trimmed(t.taxAmount)}`;
  const cross = t.exchangeCrossRate === null ? '' : `, crossing with ${trimmed(t.exchangeCrossRate)}`;
  const exchange = `at ${trimmed(t.exchangeRate)} of ${t.exchangeRateDate}${cross}`;
  return [
    { figure: 'amount', value: `${trimmed(t.amount)} ${t.currency}`, arithmetic: 'as the message says' },
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
  const { batch, alert, revisions } = order;
  const airflow =
    batch === undefined || batch.airflowRunId === null
      ? 'outside Airflow'
      : `Airflow ${batch.airflowDagId ?? ''} ${batch.airflowRunId}`;
  const parts = [
    `sold ${timeText(t.transactionTimestamp)} to ${t.customerId}: ${t.productCategory}, ${t.country ?? 'no country named'}`,
    `record: partition ${t.kafkaPartition}, offset ${t.kafkaOffset} (epoch ${t.kafkaEpoch}); content ${t.contentHash.toString('hex')}`,
    `loaded ${timeText(t.processedAt)} by batch ${t.batchId} (${batch?.kind ?? 'unknown'}, ${airflow}, version ${batch?.codeVersion ?? 'unknown'})`,
    table(
      ['figure', 'value', 'how'],
      figures.map(({ figure, value, arithmetic }) => [figure, value, arithmetic]),
    ),
    `fraud score ${t.fraudScore}: ${t.isFraudFlagged ? `flagged (${alert?.decision ?? 'no alert stored'})` : 'clear'}, rule set ${alert?.ruleSetVersion ?? batch?.ruleSetVersion ?? 'unknown'}`,
  ];
  if (alert !== undefined) {
    const rows = alert.reasons.map((r) => [`${r.rule} (v${r.version})`, r.observed, r.threshold, r.weight]);
    parts.push(table(['rule', 'observed', 'threshold', 'weight'], rows));
  }
  for (const r of revisions) {
    parts.push(
      `revision ${r.revision} (${r.reprocessId}): tax ${trimmed(r.taxAmountBefore)} → ${trimmed(r.taxAmountAfter)}, ` +
        `total ${trimmed(r.totalAmountBefore)} → ${trimmed(r.totalAmountAfter)}, base ${trimmed(r.amountBaseBefore)} → ${trimmed(r.amountBaseAfter)}`,
    );
  }
  return parts;
}

function describeReject(r: OrderRecords['rejects'][number]): string {
  const findings = r.errors.map(({ field, message }) => `  ${field === '' ? 'record' : field}: ${message}`);
  const where = `partition ${r.partition}, offset ${r.offset} (epoch ${r.epoch})`;
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
