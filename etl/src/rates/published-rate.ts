import type { ParsedFile } from './parse-tax-rules.ts';

/** A rate as a file has it: from `validFrom` to the day before `validTo`, one unit of base is worth `rate` of quote. */
export interface PublishedRate {
  readonly base: string;
  readonly quote: string;
  /** Decimal text, at most 12 places. */
  readonly rate: string;
  readonly validFrom: string;
  readonly validTo: string;
  readonly source: string;
}

export interface ExchangeFile extends ParsedFile<PublishedRate> {
  /** Currencies of the file that nobody has paid in since 1999, and were left out. */
  readonly leftOut: readonly string[];
}

/** Pair of a rate: rates of one pair must not overlap. */
export function exchangeScope({ base, quote }: PublishedRate): string {
  return `${base}/${quote}`;
}

/** What is wrong with a rate as decimal text; undefined for a good one. */
export function errorOfRate(text: string): string | undefined {
  if (/^-\d/.test(text)) return `negative rate ${text}`;
  if (!/^\d{1,12}(\.\d{1,12})?$/.test(text)) {
    return `rate ${JSON.stringify(text)}: expected a decimal with at most 12 digits before and after the point`;
  }
  return /[1-9]/.test(text) ? undefined : 'a rate of zero';
}
