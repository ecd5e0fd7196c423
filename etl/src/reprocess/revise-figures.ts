import { currencyExponent, formatMinor, parseAmountMinor, type RejectReason } from '@pulse/contract';

import { copyNull, copyText } from '../copy-format/copy-text.ts';
import { judgeTransaction, type Judgement } from '../pricing/price-transaction.ts';
import type { StoredFigures } from './scan-figures-queries.ts';

/** What a transaction's figures are by today's rates. */
export type Revision =
  | { readonly kind: 'unchanged' }
  /** A line in COPY text format for the table of changes. */
  | { readonly kind: 'changed'; readonly line: string }
  /** A rule or a rate is missing now: the figures stay as they are. */
  | { readonly kind: 'unresolved'; readonly reason: RejectReason };

/** Computes tax and base amount of a loaded transaction again. Pure. */
export function reviseFigures(stored: StoredFigures, judgement: Judgement): Revision {
  const { currency, country, productCategory, taxDate, timestampMs } = stored;
  const exponent = currencyExponent(currency);
  const amountMinor = exponent === undefined ? 'unknown' : parseAmountMinor(stored.amount, exponent);
  if (typeof amountMinor === 'string') {
    throw new Error(
      `order ${stored.orderId} has an amount of ${stored.amount} ${currency}, which no transaction can have`,
    );
  }
  const judged = judgeTransaction(
    { amountMinor, currency, country, productCategory, localDate: taxDate, timestampMs },
    judgement,
  );
  if (judged.kind === 'rejected') return { kind: 'unresolved', reason: judged.reason };
  const money = (minor: bigint): string => formatMinor(minor, judged.exponent);
  const baseMoney = (minor: bigint): string => formatMinor(minor, judgement.baseExponent);
  const pairs: readonly (readonly [before: string | null, after: string | null])[] = [
    [stored.taxRate, judged.taxRate.rate],
    [stored.taxJurisdiction, judged.taxRate.jurisdiction],
    [stored.taxAmount, money(judged.taxMinor)],
    [stored.totalAmount, money(judged.totalMinor)],
    [stored.exchangeRate, judged.exchangeRate.rate],
    [stored.exchangeCrossRate, judged.exchangeRate.crossRate ?? null],
    [stored.exchangeRateDate, judged.exchangeRate.date],
    [stored.amountBase, baseMoney(judged.amountBaseMinor)],
    [stored.taxAmountBase, baseMoney(judged.taxBaseMinor)],
  ];
  if (pairs.every(([before, after]) => plain(before) === plain(after))) return { kind: 'unchanged' };
  const fields = pairs.flat().map((value) => (value === null ? copyNull : copyText(value)));
  return { kind: 'changed', line: `${[copyText(stored.orderId), timestampMs, amountMinor, ...fields].join('\t')}\n` };
}

/** Decimal text without zeros at its end: the warehouse writes all decimals of a column. Other text stays as it is. */
function plain(text: string | null): string | null {
  return text !== null && /^\d+\.\d*0$/.test(text) ? text.replace(/\.?0+$/, '') : text;
}
