import { formatMinor, type CurrencyExponent, type RejectReason } from '@pulse/contract';

import type { UnverifiedTax } from '../settings/unverified-tax.ts';
import type { AppliedExchangeRate, ExchangeTable } from './exchange.ts';
import { powerOfTen } from './rational.ts';
import { computeTax, type AppliedTaxRate, type TaxTable } from './tax.ts';
import { exponentOf } from './known-exponent.ts';

/** All that a transaction is priced by, read before: the pricing itself reads nothing. */
export interface PricingRules {
  readonly taxTable: TaxTable;
  readonly exchangeTable: ExchangeTable;
  readonly baseExponent: CurrencyExponent;
  /** What becomes of a transaction whose tax rule is not verified. */
  readonly unverifiedTax: UnverifiedTax;
}

/** The figures of a transaction, in minor units of its currency or of the base currency. */
export interface PricedTransaction {
  readonly kind: 'priced';
  readonly exponent: CurrencyExponent;
  readonly taxMinor: bigint;
  readonly totalMinor: bigint;
  readonly amountBaseMinor: bigint;
  readonly taxBaseMinor: bigint;
  /** What they were computed by: the same object for all transactions that it counts for. */
  readonly taxRate: AppliedTaxRate;
  readonly exchangeRate: AppliedExchangeRate;
}

export type PricingResult =
  | PricedTransaction
  | { readonly kind: 'rejected'; readonly reason: RejectReason; readonly field: string; readonly detail: string };

/** What of a transaction its figures depend on. */
export interface Sale {
  readonly productCategory: string;
  /** ISO 4217. */
  readonly currency: string;
  /** ISO 3166-1 alpha-2, or empty. */
  readonly country: string;
  /** In minor units of the currency. */
  readonly amountMinor: bigint;
  /** YYYY-MM-DD at the message's own offset. */
  readonly localDate: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly timestampMs: number;
}

/** Tax and base amount of one valid transaction. Pure. */
export function priceTransaction(sale: Sale, pricing: PricingRules): PricingResult {
  const { amountMinor, currency, country, productCategory, localDate, timestampMs } = sale;
  const exponent = exponentOf(currency);
  const taxRate = pricing.taxTable.find(country, noRegion, productCategory, localDate);
  if (taxRate === undefined) return rejectedForTax('tax_rate_missing', sale, '');
  if (!taxRate.isVerified && pricing.unverifiedTax === 'quarantine') {
    return rejectedForTax('tax_rate_unverified', sale, `, rate ${taxRate.rate}`);
  }
  const day = utcDay(timestampMs);
  const exchange = pricing.exchangeTable.find(currency, day);
  if (exchange.kind !== 'found') {
    const reason = exchange.kind === 'stale' ? 'exchange_rate_stale' : 'exchange_rate_missing';
    const detail = `${currency} on ${day}${exchange.kind === 'stale' ? `, last rate of ${exchange.date}` : ''}`;
    return { kind: 'rejected', reason, field: 'currency', detail };
  }

  const { taxMinor, totalMinor } = computeTax(amountMinor, taxRate);
  if (totalMinor >= majorEnd * powerOfTen(exponent)) {
    const detail = `${formatMinor(totalMinor, exponent)} ${currency} with tax`;
    return { kind: 'rejected', reason: 'amount_out_of_range', field: 'amount', detail };
  }
  const amountBaseMinor = exchange.convert(amountMinor);
  if (amountBaseMinor >= majorEnd * powerOfTen(pricing.baseExponent)) {
    const detail = `${formatMinor(amountMinor, exponent)} ${currency} in the base currency`;
    return { kind: 'rejected', reason: 'amount_out_of_range', field: 'amount', detail };
  }
  return {
    kind: 'priced',
    exponent,
    taxMinor,
    totalMinor,
    amountBaseMinor,
    taxBaseMinor: exchange.convert(taxMinor),
    taxRate,
    exchangeRate: exchange,
  };
}

function rejectedForTax(reason: RejectReason, sale: Sale, more: string): PricingResult {
  const { country, productCategory, localDate } = sale;
  const detail = `country ${country === '' ? 'US' : country}, category ${productCategory}, date ${localDate}${more}`;
  return { kind: 'rejected', reason, field: 'country', detail };
}

/** Messages name no region. */
const noRegion = '';

/** What numeric(19,4) holds: 15 digits before the point. */
const majorEnd = 10n ** 15n;

const dayMs = 86_400_000;

/** The UTC day of a moment as YYYY-MM-DD. */
export function utcDay(epochMs: number): string {
  return dayText(Math.floor(epochMs / dayMs));
}

/** Texts of days that were asked for before, for a batch has few. */
const dayTexts = new Map<number, string>();
const dayTextsMax = 10_000;

/** A day, counted from 1970, as YYYY-MM-DD. */
export function dayText(epochDay: number): string {
  let text = dayTexts.get(epochDay);
  if (text === undefined) {
    text = new Date(epochDay * dayMs).toISOString().slice(0, 10);
    if (dayTexts.size < dayTextsMax) dayTexts.set(epochDay, text);
  }
  return text;
}
