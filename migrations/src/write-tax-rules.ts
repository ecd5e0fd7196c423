/**
 * Writes the tax rules of two packages as SQL, the body of a migration.
 *
 *   npm pack sales-tax@2.23.0 && tar xzf sales-tax-2.23.0.tgz
 *   pip download --no-deps eu-vat-rates-data==2026.9.29 && unzip eu_vat_rates_data-*.whl
 *   node src/write-tax-rules.ts package/res/sales_tax_rates.json '2.23.0 (2026-05-19)' \
 *     eu_vat_rates_data/eu_vat_rates_data.json > sql/NUMBER_tax_rules.sql
 */
import { readFile } from 'node:fs/promises';
import process from 'node:process';

import * as z from 'zod';

import { collectTaxRules, type TaxRule } from './collect-tax-rules.ts';

const fraction = z.number().min(0).max(1);
const percent = z.number().min(0).max(100);

const worldRates = z.record(
  z.string(),
  z.object({
    rate: fraction,
    type: z.string(),
    before: z.record(z.string(), z.object({ rate: fraction })).default({}),
  }),
);

const europeRates = z.object({
  version: z.string(),
  rates: z.record(
    z.string(),
    z.object({
      eu_member: z.boolean(),
      standard: percent,
      reduced: z.array(percent),
      super_reduced: percent.nullable(),
    }),
  ),
});

const [, , worldFile, worldVersion, europeFile] = process.argv;
if (worldFile === undefined || worldVersion === undefined || europeFile === undefined) {
  throw new Error('usage: node src/write-tax-rules.ts SALES_TAX_JSON SALES_TAX_VERSION EU_VAT_JSON');
}
const world = worldRates.parse(JSON.parse(await readFile(worldFile, 'utf8')));
const europe = europeRates.parse(JSON.parse(await readFile(europeFile, 'utf8')));
process.stdout.write(`insert into tax_rates (country, product_category, rate, valid_from, valid_to, source)
values
${collectTaxRules(world, worldVersion, europe).map(valuesOf).join(',\n')};
`);

function valuesOf({ country, productCategory, rate, validFrom, validTo, source }: TaxRule): string {
  const end = validTo === null ? 'null' : quoted(validTo);
  return `  (${quoted(country)}, ${quoted(productCategory)}, ${rate}, ${quoted(validFrom)}, ${end}, ${quoted(source)})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
