import { currencyExponent } from '@pulse/contract';
import { ConfigError } from '@pulse/runtime';

import { requireBaseCurrency } from './base-currency.ts';
import type { Config } from '../settings/config.ts';
import { createExchangeTable, type ExchangeRate } from './exchange.ts';
import { utcDay, type PricingRules } from './price-transaction.ts';
import { createTaxTable, type TaxRate } from './tax.ts';

/** Where rates are read from: the warehouse as one transaction sees it. */
export interface RateSnapshot {
  /** ISO 4217 code of the base amounts that are loaded. */
  readonly baseCurrency: string;
  taxRates(recordedBy: Date): Promise<readonly TaxRate[]>;
  /** Rates published from one day to another, both YYYY-MM-DD. */
  exchangeRates(
    baseCurrency: string,
    days: { readonly first: string; readonly last: string },
    recordedBy: Date,
  ): Promise<readonly ExchangeRate[]>;
}

/**
 * Reads the rates that transactions of a span of time, in milliseconds since 1970, are priced by: those recorded by a moment.
 * @throws ConfigError when the base currency is none, or not the one of the warehouse.
 */
export async function readPricingRules(
  snapshot: RateSnapshot,
  rules: Config['rules'],
  span: { readonly firstMs: number; readonly lastMs: number },
  recordedBy: Date,
): Promise<PricingRules> {
  const { baseCurrency, exchangeRateAgeMaxDays, exchangeRounding, unverifiedTax } = rules;
  requireBaseCurrency(snapshot.baseCurrency, baseCurrency);
  const baseExponent = currencyExponent(baseCurrency);
  if (baseExponent === undefined) throw new ConfigError(`ETL_BASE_CURRENCY ${baseCurrency} is no known currency`);
  const days = { first: utcDay(span.firstMs - exchangeRateAgeMaxDays * 86_400_000), last: utcDay(span.lastMs) };
  const rates = await snapshot.exchangeRates(baseCurrency, days, recordedBy);
  return {
    taxTable: createTaxTable(await snapshot.taxRates(recordedBy)),
    exchangeTable: createExchangeTable(rates, {
      baseCurrency,
      baseExponent,
      ageMaxDays: exchangeRateAgeMaxDays,
      rounding: exchangeRounding,
    }),
    baseExponent,
    unverifiedTax,
  };
}
