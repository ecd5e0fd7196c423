import { readFileSync } from 'node:fs';

import { currencyExponent, formatMinor, parseAmountMinor, type CurrencyExponent } from '@pulse/contract';
import { expect, test } from 'vitest';

import { createConversion } from './exchange.ts';
import type { RoundingMode } from './rational.ts';
import { computeTax, createTaxTable, type TaxRate } from './tax.ts';

const document = readFileSync(new URL('../../../docs/RULES.md', import.meta.url), 'utf8');

type Row = Readonly<Record<string, string>>;

/** The rows of the first table after a line that begins so. */
function tableAfter(introduction: string): readonly Row[] {
  const start = document.indexOf(`\n${introduction}`);
  if (start === -1) throw new Error(`docs/RULES.md has no line that begins with "${introduction}"`);
  const lines = document.slice(start).split('\n');
  const first = lines.findIndex((line) => line.startsWith('|'));
  const length = lines.slice(first).findIndex((line) => !line.startsWith('|'));
  const [head = [], , ...rows] = lines.slice(first, first + length).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return rows.map((cells) => Object.fromEntries(head.map((name, index) => [name, cells[index] ?? ''])));
}

test.each(tableAfter('Worked examples of tax'))('tax of $amount $currency at $rate, $kind: $tax', (row) => {
  const exponent = exponentOf(row['currency']);
  const rule = aRule({
    rate: row['rate'] ?? '',
    isInclusive: row['kind'] === 'inclusive',
    roundingMode: roundingOf(row),
    roundingIncrementMinor: Number(row['increment']),
  });
  const prepared = createTaxTable([rule]).find('CA', '', 'toys', '2026-01-01');
  if (prepared === undefined) throw new Error('the rule holds on every day');
  const { taxMinor, totalMinor } = computeTax(minorOf(row['amount'], exponent), prepared);
  expect([formatMinor(taxMinor, exponent), formatMinor(totalMinor, exponent)]).toEqual([row['tax'], row['total']]);
});

test.each(tableAfter('Which rule wins'))('region "$region", category $category: $rate', (row) => {
  const table = createTaxTable([
    aRule({ rate: '0.05' }),
    aRule({ rate: '0.04', productCategory: 'books' }),
    aRule({ rate: '0.15', region: 'QC' }),
    aRule({ rate: '0.06', region: 'QC', productCategory: 'books' }),
  ]);
  expect(table.find('CA', row['region'] ?? '', row['category'] ?? '', '2026-01-01')?.rate).toBe(row['rate']);
});

test.each(tableAfter('Worked examples of conversion'))(
  '$amount $currency in $base at $rate: $amount in base',
  (row) => {
    const exponent = exponentOf(row['currency']);
    const baseExponent = exponentOf(row['base']);
    const convert = createConversion({
      rate: row['rate'] ?? '',
      crossRate: row['cross rate'] === '' ? undefined : row['cross rate'],
      exponent,
      baseExponent,
      rounding: roundingOf(row),
    });
    expect(formatMinor(convert(minorOf(row['amount'], exponent)), baseExponent)).toBe(row['amount in base']);
  },
);

function aRule(changes: Partial<TaxRate>): TaxRate {
  return {
    country: 'CA',
    region: '*',
    productCategory: '*',
    rate: '0',
    isInclusive: false,
    roundingMode: 'half_up',
    roundingIncrementMinor: 1,
    isVerified: true,
    validFrom: '2000-01-01',
    validTo: null,
    ...changes,
  };
}

function roundingOf(row: Row): RoundingMode {
  const mode = row['rounding'];
  if (mode === 'half_up' || mode === 'half_even') return mode;
  throw new Error(`docs/RULES.md names the rounding ${mode}`);
}

function exponentOf(currency = ''): CurrencyExponent {
  const exponent = currencyExponent(currency);
  if (exponent === undefined) throw new Error(`docs/RULES.md names the currency ${currency}`);
  return exponent;
}

function minorOf(amount = '', exponent: CurrencyExponent): bigint {
  const minor = parseAmountMinor(amount, exponent);
  if (typeof minor === 'string') throw new Error(`docs/RULES.md names the amount ${amount}: ${minor}`);
  return minor;
}
