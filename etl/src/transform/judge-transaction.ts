import { currencyExponent, formatMinor, type CurrencyExponent, type RejectReason } from '@pulse/contract';

import type { ValidTransaction } from '../batch/valid-transaction.ts';
import type { ExchangeTable } from './exchange.ts';
import { powerOfTen } from './rational.ts';
import { computeTax, type TaxTable } from './tax.ts';

/** All that a transaction is judged by, read beforehand: the judgement itself asks nobody. */
export interface Judgement {
  readonly taxTable: TaxTable;
  readonly exchangeTable: ExchangeTable;
  readonly baseExponent: CurrencyExponent;
}

/** The figures of a transaction, in minor units of its currency or of the base currency. */
export interface JudgedTransaction {
  readonly kind: 'judged';
  readonly exponent: CurrencyExponent;
  readonly taxMinor: bigint;
  readonly totalMinor: bigint;
  readonly taxRate: string;
  readonly taxJurisdiction: string;
  readonly amountBaseMinor: bigint;
  readonly taxBaseMinor: bigint;
  /** Units of the currency for one of the base currency, or of what was crossed through. */
  readonly exchangeRate: string;
  /** Units of the base currency for one of what was crossed through; undefined where nothing was. */
  readonly exchangeCrossRate?: string | undefined;
  readonly exchangeRateDate: string;
}

export type TransactionVerdict =
  | JudgedTransaction
  | { readonly kind: 'rejected'; readonly reason: RejectReason; readonly field: string; readonly detail: string };

/** What of a transaction its figures depend on. */
export type Sale = Pick<
  ValidTransaction,
  'amountMinor' | 'currency' | 'country' | 'productCategory' | 'localDate' | 'timestampMs'
>;

/** Tax and base amount of one valid transaction. Pure. */
export function judgeTransaction(transaction: Sale, judgement: Judgement): TransactionVerdict {
  const { amountMinor, currency, country, productCategory, localDate, timestampMs } = transaction;
  const exponent = currencyExponent(currency);
  if (exponent === undefined) throw new Error(`${currency} passed validation without a known exponent`);

  const taxRate = judgement.taxTable.find(country, noRegion, productCategory, localDate);
  if (taxRate === undefined) {
    const detail = `country ${country === '' ? 'US' : country}, category ${productCategory}, date ${localDate}`;
    return { kind: 'rejected', reason: 'tax_rate_missing', field: 'country', detail };
  }
  const day = utcDay(timestampMs);
  const exchange = judgement.exchangeTable.find(currency, day);
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
  if (amountBaseMinor >= majorEnd * powerOfTen(judgement.baseExponent)) {
    const detail = `${formatMinor(amountMinor, exponent)} ${currency} in the base currency`;
    return { kind: 'rejected', reason: 'amount_out_of_range', field: 'amount', detail };
  }
  return {
    kind: 'judged',
    exponent,
    taxMinor,
    totalMinor,
    taxRate: taxRate.rate,
    taxJurisdiction: taxRate.jurisdiction,
    amountBaseMinor,
    taxBaseMinor: exchange.convert(taxMinor),
    exchangeRate: exchange.rate,
    exchangeCrossRate: exchange.crossRate,
    exchangeRateDate: exchange.date,
  };
}

/** Messages name no region. */
const noRegion = '';

/** What numeric(19,4) holds: 15 digits before the point. */
const majorEnd = 10n ** 15n;

const dayMs = 86_400_000;
let lastDay = { number: Number.NaN, text: '' };

/** The UTC day of a moment as YYYY-MM-DD; remembers the last one, for a batch has few. */
export function utcDay(epochMs: number): string {
  const number = Math.floor(epochMs / dayMs);
  if (number !== lastDay.number) lastDay = { number, text: new Date(number * dayMs).toISOString().slice(0, 10) };
  return lastDay.text;
}
