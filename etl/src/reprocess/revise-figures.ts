import { currencyExponent, formatMinor, parseAmountMinor, type RejectReason } from '@pulse/contract';

import { copyNull, copyText } from '../copy-format/copy-text.ts';
import { priceTransaction, type PricingRules } from '../pricing/price-transaction.ts';
import type { StoredFigures } from './scan-figures-queries.ts';

/** What a transaction's figures are by today's rates. */
export type Revision =
  | { readonly kind: 'unchanged' }
  /** A line in COPY text format for the table of changes. */
  | { readonly kind: 'changed'; readonly line: string }
  /** A rule or a rate is missing now: the figures stay as they are. */
  | { readonly kind: 'unresolved'; readonly reason: RejectReason };

/** Computes tax and base amount of a loaded transaction again. Pure. */
export function reviseFigures(stored: StoredFigures, pricing: PricingRules): Revision {
  const { currency, country, productCategory, taxDate, timestampMs } = stored;
  const exponent = currencyExponent(currency);
  const amountMinor = exponent === undefined ? 'unknown' : parseAmountMinor(stored.amount, exponent);
  if (typeof amountMinor === 'string') {
    throw new Error(
      `order ${stored.orderId} has an amount of ${stored.amount} ${currency}, which no transaction can have`,
    );
  }
  const priced = priceTransaction(
    { amountMinor, currency, country, productCategory, localDate: taxDate, timestampMs },
    pricing,
  );
  if (priced.kind === 'rejected') return { kind: 'unresolved', reason: priced.reason };
  const money = (minor: bigint): string => formatMinor(minor, priced.exponent);
  const baseMoney = (minor: bigint): string => formatMinor(minor, pricing.baseExponent);
  const pairs: readonly (readonly [before: string | null, after: string | null])[] = [
    [stored.taxRate, priced.taxRate.rate],
    [stored.taxJurisdiction, priced.taxRate.jurisdiction],
    [stored.taxAmount, money(priced.taxMinor)],
    [stored.totalAmount, money(priced.totalMinor)],
    [stored.exchangeRate, priced.exchangeRate.rate],
    [stored.exchangeCrossRate, priced.exchangeRate.crossRate ?? null],
    [stored.exchangeRateDate, priced.exchangeRate.date],
    [stored.amountBase, baseMoney(priced.amountBaseMinor)],
    [stored.taxAmountBase, baseMoney(priced.taxBaseMinor)],
  ];
  if (pairs.every(([before, after]) => plain(before) === plain(after))) return { kind: 'unchanged' };
  const fields = pairs.flat().map((value) => (value === null ? copyNull : copyText(value)));
  return { kind: 'changed', line: `${[copyText(stored.orderId), timestampMs, amountMinor, ...fields].join('\t')}\n` };
}

/** Decimal text without zeros at its end: the warehouse writes all decimals of a column. Other text stays as it is. */
function plain(text: string | null): string | null {
  return text !== null && /^\d+\.\d*0$/.test(text) ? text.replace(/\.?0+$/, '') : text;
}
