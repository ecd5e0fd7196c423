import { formatMinor, type CurrencyExponent } from '@pulse/contract';

import { copyJson, copyNull, copyText } from '../batch/copy-text.ts';
import type { ValidTransaction } from '../batch/valid-transaction.ts';
import type { FraudVerdict } from '../fraud/verdict.ts';
import type { JudgedTransaction } from './judge-transaction.ts';

/** What all rows of a batch share. */
export interface RowContext {
  readonly batchId: string;
  readonly ruleSetVersion: string;
  readonly baseExponent: CurrencyExponent;
  /** By partition. */
  readonly epochs: ReadonlyMap<number, number>;
}

/** A transaction as a line in COPY text format: `transactionColumns`. */
export function transactionRow(
  t: ValidTransaction,
  judged: JudgedTransaction,
  fraud: FraudVerdict,
  context: RowContext,
): string {
  const { exponent } = judged;
  const epoch = context.epochs.get(t.partition) ?? 0;
  const flagged = fraud.decision === 'clear' ? 'f' : 't';
  const reasons = fraud.reasons.length === 0 ? '{}' : `{${fraud.reasons.map(({ rule }) => rule).join(',')}}`;
  return (
    `${copyText(t.orderId)}\t${t.timestamp}\t${t.offset}\t${t.partition}\t${epoch}\t` +
    `${t.localDate}\t${judged.exchangeRateDate}\t${fraud.score}\t${flagged}\t` +
    `${formatMinor(t.amountMinor, exponent)}\t${t.currency}\t${formatMinor(judged.taxMinor, exponent)}\t` +
    `${formatMinor(judged.totalMinor, exponent)}\t${formatMinor(judged.amountBaseMinor, context.baseExponent)}\t` +
    `${formatMinor(judged.taxBaseMinor, context.baseExponent)}\t${judged.exchangeRate}\t` +
    `${judged.exchangeCrossRate ?? copyNull}\t${judged.taxRate}\t${copyText(judged.taxJurisdiction)}\t${copyText(t.customerId)}\t` +
    `${copyText(t.productCategory)}\t${t.country === '' ? copyNull : t.country}\t${context.batchId}\t${reasons}\t` +
    `\\\\x${t.contentHash}\n`
  );
}

/** A flagged transaction's alert as a line in COPY text format: `alertColumns`. */
export function alertRow(
  t: ValidTransaction,
  judged: JudgedTransaction,
  fraud: FraudVerdict,
  context: RowContext,
): string {
  const { amountBaseMinor } = judged;
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

/** What the shadow set would have flagged, as a line in COPY text format: `shadowVerdictColumns`. */
export function shadowVerdictRow(
  t: ValidTransaction,
  fraud: FraudVerdict,
  ruleSetVersion: string,
  context: RowContext,
): string {
  const fields = [
    copyText(t.orderId),
    ruleSetVersion,
    fraud.score,
    fraud.decision,
    copyJson(fraud.reasons),
    t.timestamp,
    context.batchId,
  ];
  return `${fields.join('\t')}\n`;
}
