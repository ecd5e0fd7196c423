import { countryAdvice, isCountry, parseDay, textLengthMax } from '@pulse/contract';

import type { TaxRate } from '../pricing/tax.ts';
import { clashErrors, type OnLine } from './clash-errors.ts';
import type { CsvLine, LineError } from './read-csv.ts';

/** A rule with what is on record of it. */
export interface TaxRule extends TaxRate {
  readonly source: string;
  /** Who verified it, where that was an operator. */
  readonly verifiedBy: string | null;
  readonly verifiedReason: string | null;
}

/** A rule as a file has it; `isVerified` is undefined where the file does not have it. */
export interface ImportedTaxRule extends Omit<TaxRule, 'isVerified' | 'verifiedBy' | 'verifiedReason'> {
  readonly isVerified: boolean | undefined;
}

export interface ParsedFile<Item> {
  readonly items: readonly Item[];
  readonly errors: readonly LineError[];
}

const columns = {
  country: { isRequired: true },
  region: { isRequired: false },
  product_category: { isRequired: false },
  rate: { isRequired: true },
  is_inclusive: { isRequired: false },
  rounding_mode: { isRequired: false },
  rounding_increment_minor: { isRequired: false },
  valid_from: { isRequired: true },
  valid_to: { isRequired: false },
  source: { isRequired: true },
  is_verified: { isRequired: false },
} as const;
type Column = keyof typeof columns;

/** The columns of a file of tax rules, in the order in which they are written. */
const taxRuleColumns: readonly string[] = Object.keys(columns);

/** Scope of a rule: rules of one scope must not overlap. */
export function taxScope({
  country,
  region,
  productCategory,
}: Pick<TaxRate, 'country' | 'region' | 'productCategory'>): string {
  return `${country}/${region}/${productCategory}`;
}

/** Reads tax rules and finds every error in every line. Columns may stand in any order; the optional ones may be absent. */
export function parseTaxRules(lines: readonly CsvLine[]): ParsedFile<ImportedTaxRule> {
  const [header, ...body] = lines;
  if (header === undefined) return { items: [], errors: [{ line: 1, error: 'the file is empty' }] };
  const headerErrors = errorsOfHeader(header);
  if (headerErrors.length > 0) return { items: [], errors: headerErrors };
  const errors: LineError[] = [];
  const read: OnLine<ImportedTaxRule>[] = [];
  for (const { line, cells } of body) {
    const report = (error: string): void => void errors.push({ line, error });
    if (cells.length !== header.cells.length) {
      report(`${cells.length} values under ${header.cells.length} columns`);
      continue;
    }
    const item = readRule((column) => cells[header.cells.indexOf(column)] ?? '', report);
    if (item !== undefined) read.push({ line, item });
  }
  errors.push(...clashErrors(read, taxScope));
  if (body.length === 0) errors.push({ line: header.line, error: 'no rule follows the header' });
  return { items: read.map(({ item }) => item), errors };
}

function errorsOfHeader({ line, cells }: CsvLine): LineError[] {
  const unknown = cells.filter((name) => !Object.hasOwn(columns, name)).map((name) => `unknown column ${quoted(name)}`);
  const missing = Object.entries(columns)
    .filter(([name, { isRequired }]) => isRequired && !cells.includes(name))
    .map(([name]) => `the column ${name} is missing`);
  const twice = cells
    .filter((name, index) => cells.indexOf(name) !== index)
    .map((name) => `the column ${name} stands there twice`);
  const expected = `expected the header ${taxRuleColumns.join(',')}`;
  return [...unknown, ...missing, ...twice].map((error) => ({ line, error: `${error}; ${expected}` }));
}

/** Undefined for a line with a error. */
function readRule(cell: (column: Column) => string, reportError: (error: string) => void): ImportedTaxRule | undefined {
  let hasError = false;
  const report = (error: string): void => {
    hasError = true;
    reportError(error);
  };
  const check = (isGood: boolean, error: string): void => {
    if (!isGood) report(error);
  };
  const [region, productCategory] = [cell('region') || '*', cell('product_category') || '*'];
  const advice = countryAdvice(cell('country')) ?? 'expected ISO 3166-1 alpha-2, as DE';
  check(isCountry(cell('country')), `unknown country ${quoted(cell('country'))}: ${advice}`);
  check(/^(\*|[A-Z0-9]{1,3})$/.test(region), `region ${quoted(region)}: expected the end of an ISO 3166-2 code, or *`);
  check(productCategory.length <= textLengthMax.product_category, 'product_category is too long');
  const validFrom = parseDay(cell('valid_from'));
  const validTo = cell('valid_to') === '' ? null : parseDay(cell('valid_to'));
  check(validFrom !== undefined, `valid_from ${quoted(cell('valid_from'))} is no day: expected 2026-11-22`);
  check(validTo !== undefined, `valid_to ${quoted(cell('valid_to'))} is no day: expected 2026-11-22 or nothing`);
  if (validFrom !== undefined && typeof validTo === 'string') {
    check(validFrom < validTo, `dates out of order: valid_to ${validTo} is not after valid_from ${validFrom}`);
  }
  const rateError = errorOfRate(cell('rate'));
  if (rateError !== undefined) report(rateError);
  const isInclusive = booleanOf(cell('is_inclusive') || 'false');
  check(isInclusive !== undefined, `is_inclusive ${quoted(cell('is_inclusive'))}: expected true or false`);
  const isVerified = booleanOf(cell('is_verified'));
  const saysVerified = cell('is_verified') !== '';
  check(
    isVerified !== undefined || !saysVerified,
    `is_verified ${quoted(cell('is_verified'))}: expected true or false`,
  );
  const roundingMode = cell('rounding_mode') || 'half_up';
  if (roundingMode !== 'half_up' && roundingMode !== 'half_even') {
    report(`rounding_mode ${quoted(roundingMode)}: expected half_up or half_even`);
    return undefined;
  }
  const increment = cell('rounding_increment_minor') || '1';
  check(/^[1-9]\d{0,8}$/.test(increment), `rounding_increment_minor ${quoted(increment)}: expected 1, 2, 3, …`);
  check(cell('source') !== '', 'source is empty: name where the rule comes from');
  if (hasError || validFrom === undefined || validTo === undefined || isInclusive === undefined) return undefined;
  return {
    country: cell('country'),
    region,
    productCategory,
    rate: cell('rate'),
    isInclusive,
    roundingMode,
    roundingIncrementMinor: Number(increment),
    isVerified,
    validFrom,
    validTo,
    source: cell('source'),
  };
}

function booleanOf(text: string): boolean | undefined {
  return { false: false, true: true }[text.toLowerCase()];
}

function errorOfRate(text: string): string | undefined {
  if (/^-\d/.test(text)) return `negative rate ${text}`;
  if (!/^\d+(\.\d{1,6})?$/.test(text)) return `rate ${quoted(text)}: expected a decimal of at most six places, as 0.19`;
  return Number(text) < 1 ? undefined : `rate ${text}: expected a fraction below 1, as 0.19 for 19 %`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
