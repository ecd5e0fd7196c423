import type { Context } from '../program/context.ts';
import { jsonLine } from '../program/json-line.ts';
import { table } from '../program/table.ts';
import { lastExchangeRates } from './rate-change-queries.ts';

/** Which rates are listed, and how. */
export interface ExchangeRateListing {
  /** ISO 4217: only pairs that it belongs to. */
  readonly currency: string | undefined;
  /** YYYY-MM-DD: the last rates published by that day. */
  readonly on: string | undefined;
  readonly as: 'table' | 'json';
}

/** The last exchange rate of each pair, as text. */
export async function listExchangeRates(
  { warehouse }: Context,
  { currency, on, as }: ExchangeRateListing,
): Promise<string> {
  const rates = await lastExchangeRates(warehouse.db, currency, on);
  if (as === 'json') return jsonLine(rates);
  return table(
    ['base', 'quote', 'rate', 'from', 'to', 'source'],
    rates.map(({ base, quote, rate, validFrom, validTo, source }) => [base, quote, rate, validFrom, validTo, source]),
  );
}
