import { readFileSync } from 'node:fs';

import { parse } from 'csv-parse/sync';
import * as z from 'zod';

/** One rule for tax_rates, looked up: verified where two sources that do not depend on each other say so. */
export interface CheckedTaxRate {
  readonly country: string;
  readonly productCategory: string;
  /** A fraction, as "0.19". */
  readonly rate: string;
  /** As 2020-07-01; valid to the day before `validTo`, null without end. */
  readonly validFrom: string;
  readonly validTo: string | null;
  readonly source: string;
  readonly isVerified: boolean;
}

const rows = z.array(
  z.object({
    country: z.string().regex(/^[A-Z]{2}$/),
    product_category: z.string().min(1),
    valid_from: z.iso.date(),
    rate: z.string().regex(/^0(\.\d{1,6})?$/),
    source_1: z.string(),
    source_2: z.string(),
    remark: z.string(),
  }),
);
type Row = z.infer<typeof rows>[number];

const file = new URL('checked-tax-rates.csv', import.meta.url);

/**
 * The rates of checked-tax-rates.csv: of each country and category one after the other, so that a rule ends where the next
 * one begins. A row names two sources, each as "who: what", or none; then nobody has verified it.
 * @throws Error naming the row that is out of order, or whose sources are not two.
 */
export function readCheckedTaxRates(text = readFileSync(file, 'utf8')): readonly CheckedTaxRate[] {
  const all = rows.parse(parse(text, { columns: true }));
  return all.map((row, index) => {
    requireSources(row);
    const next = all[index + 1];
    const isFollowed = next !== undefined && scopeOf(next) === scopeOf(row);
    if (isFollowed && next.valid_from <= row.valid_from) throw new Error(`${nameOf(next)} is out of order`);
    return {
      country: row.country,
      productCategory: row.product_category,
      rate: row.rate,
      validFrom: row.valid_from,
      validTo: isFollowed ? next.valid_from : null,
      source: sourceOf(row),
      isVerified: row.source_1 !== '',
    };
  });
}

function requireSources(row: Row): void {
  if (row.source_1 === '' && row.source_2 === '' && row.remark !== '') return;
  const [first, second] = [row.source_1, row.source_2].map((source) => /^([^:]+): \S/.exec(source)?.[1]);
  if (first !== undefined && second !== undefined && first !== second) return;
  throw new Error(`${nameOf(row)} needs two sources of different origin as "who: what", or none and a remark`);
}

function sourceOf({ source_1: first, source_2: second, remark }: Row): string {
  if (first === '') return `unverified: ${remark}`;
  return `${first}; ${second}${remark === '' ? '' : ` (${remark})`}`;
}

function scopeOf({ country, product_category: category }: Row): string {
  return `${country}/${category}`;
}

function nameOf(row: Row): string {
  return `${scopeOf(row)} from ${row.valid_from}`;
}
