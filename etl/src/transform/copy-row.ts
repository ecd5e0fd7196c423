import { formatMinor, type CurrencyExponent } from '@pulse/contract';

import { copyJson, copyNull, copyText } from '../batch/copy-text.ts';
import type { ValidTransaction } from '../batch/valid-transaction.ts';
import type { JudgedTransaction } from './judge-transaction.ts';

/** What all rows of a batch share. */
export interface RowContext {
  readonly batchId: string;
  readonly ruleSetVersion: string;
  readonly baseExponent: CurrencyExponent;
  /** By partition. */
  readonly epochs: ReadonlyMap<number, number>;
}

/** Columns of a line of `transactionRow`, in its order. */
export const transactionColumns = [
  'order_id',
  'transaction_timestamp',
  'kafka_offset',
  'kafka_partition',
  'kafka_epoch',
  'tax_date',
  'exchange_rate_date',
  'fraud_score',
  'is_fraud_flagged',
  'amount',
  'currency',
  'tax_amount',
  'total_amount',
  'amount_base',
  'exchange_rate',
  'tax_rate',
  'tax_jurisdiction',
  'customer_id',
  'product_category',
  'country',
  'batch_id',
  'fraud_reasons',
  'content_hash',
] as const;

/** A transaction as a line in COPY text format. */
export function transactionRow(t: ValidTransaction, judged: JudgedTransaction, context: RowContext): string {
  const { exponent, fraud } = judged;
  const epoch = context.epochs.get(t.partition) ?? 0;
  const flagged = fraud.decision === 'clear' ? 'f' : 't';
  const reasons = fraud.reasons.length === 0 ? '{}' : `{${fraud.reasons.map(({ rule }) => rule).join(',')}}`;
  return (
    `${copyText(t.orderId)}\t${t.timestamp}\t${t.offset}\t${t.partition}\t${epoch}\t` +
    `${t.localDate}\t${judged.exchangeRateDate}\t${fraud.score}\t${flagged}\t` +
    `${formatMinor(t.amountMinor, exponent)}\t${t.currency}\t${formatMinor(judged.taxMinor, exponent)}\t` +
    `${formatMinor(judged.totalMinor, exponent)}\t${formatMinor(judged.amountBaseMinor, context.baseExponent)}\t` +
    `${judged.exchangeRate}\t${judged.taxRate}\t${copyText(judged.taxJurisdiction)}\t${copyText(t.customerId)}\t` +
    `${copyText(t.productCategory)}\t${t.country === '' ? copyNull : t.country}\t${context.batchId}\t${reasons}\t` +
    `\\\\x${t.contentHash}\n`
  );
}

/** Columns of a line of `alertRow`, in its order. */
export const alertColumns = [
  'order_id',
  'transaction_timestamp',
  'fraud_score',
  'decision',
  'amount_base',
  'customer_id',
  'batch_id',
  'rule_set_version',
  'reasons',
] as const;

/** A flagged transaction's alert as a line in COPY text format. */
export function alertRow(t: ValidTransaction, judged: JudgedTransaction, context: RowContext): string {
  const { fraud, amountBaseMinor } = judged;
  const fields = [
    copyText(t.orderId),
    t.timestamp,
    fraud.score,
    fraud.decision,
    formatMinor(amountBaseMinor, context.baseExponent),
    copyText(t.customerId),
    context.batchId,
    context.ruleSetVersion,
    copyJson(fraud.reasons),
  ];
  return `${fields.join('\t')}\n`;
}
