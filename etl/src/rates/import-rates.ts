import { basename } from 'node:path';

import type { Context } from '../program/context.ts';
import { operatorOf } from '../program/operator.ts';
import {
  applyExchangeChanges,
  applyTaxChanges,
  exchangeRatesInForce,
  taxRulesInForce,
  type ChangePlanner,
} from './rate-change-queries.ts';
import { describeChanges, type ChangeReport } from './describe-changes.ts';
import { withoutIrrevocable } from './irrevocable-rates.ts';
import { parseExchangeRates } from './parse-exchange-rates.ts';
import { exchangeScope, type PublishedRate } from './published-rate.ts';
import { parseTaxRules, taxScope, type ImportedTaxRule, type TaxRule } from './parse-tax-rules.ts';
import { planChanges, type Stored } from './plan-changes.ts';
import { readCsv, requireNoErrors } from './read-csv.ts';

/**
 * Imports the tax rules of a file, all or none. What they replace stays, superseded.
 * @param today - YYYY-MM-DD: what changes days before it is pointed out.
 * @throws UsageError naming each wrong line.
 */
export async function importTaxRules(
  { warehouse, config }: Context,
  path: string,
  isDryRun: boolean,
  today: string,
): Promise<ChangeReport> {
  const { items, errors } = parseTaxRules(readCsv(path));
  requireNoErrors(path, errors);
  const operator = operatorOf(config);
  const plan: ChangePlanner<TaxRule> = async (db) => {
    const inForce = await taxRulesInForce(db);
    const rules = items.map((item) => recordedRule(item, inForce, operator, basename(path)));
    return planChanges(inForce, rules, { scopeOf: taxScope, isSame: isSameRule });
  };
  const changes = isDryRun
    ? await plan(warehouse.db)
    : await applyTaxChanges(warehouse, config.warehouse.lockTimeoutMs, plan);
  return describeChanges(changes, { isDryRun, today, describe: describeRule });
}

/** A rule of a file without `is_verified` is as verified as the same rule in force. */
function recordedRule(
  item: ImportedTaxRule,
  inForce: readonly Stored<TaxRule>[],
  operator: string,
  fileName: string,
): TaxRule {
  const unverified = { ...item, isVerified: false, verifiedBy: null, verifiedReason: null };
  const same = inForce.find(({ item: stored }) => isSameValidity(stored, item) && isSameTax(stored, unverified))?.item;
  if (same !== undefined && (item.isVerified ?? same.isVerified) === same.isVerified) return same;
  if (item.isVerified !== true) return unverified;
  return { ...item, isVerified: true, verifiedBy: operator, verifiedReason: `import of ${fileName}` };
}

function isSameValidity(a: ImportedTaxRule | TaxRule, b: ImportedTaxRule | TaxRule): boolean {
  return taxScope(a) === taxScope(b) && a.validFrom === b.validFrom && a.validTo === b.validTo;
}

/** Takes the exchange rates of a file in, as `importTaxRules` does rules. */
export async function importExchangeRates(
  { warehouse, config }: Context,
  path: string,
  isDryRun: boolean,
  today: string,
): Promise<ChangeReport> {
  const { items, errors, leftOut } = parseExchangeRates(readCsv(path), basename(path));
  requireNoErrors(path, errors);
  const plan: ChangePlanner<PublishedRate> = async (db) => {
    const inForce = await exchangeRatesInForce(db, items);
    const changing = withoutIrrevocable(items, inForce);
    const changes = planChanges<PublishedRate>(inForce, changing, {
      scopeOf: exchangeScope,
      // Which of the bank's files a rate stands in makes no difference.
      isSame: (a, b) => plain(a.rate) === plain(b.rate),
    });
    return { ...changes, unchangedCount: changes.unchangedCount + items.length - changing.length };
  };
  const changes = isDryRun
    ? await plan(warehouse.db)
    : await applyExchangeChanges(warehouse, config.warehouse.lockTimeoutMs, plan);
  return { ...describeChanges(changes, { isDryRun, today, describe: describeRate }), left_out: leftOut };
}

export function isSameRule(a: TaxRule, b: TaxRule): boolean {
  return isSameTax(a, b) && a.isVerified === b.isVerified;
}

function isSameTax(a: TaxRule, b: TaxRule): boolean {
  return (
    plain(a.rate) === plain(b.rate) &&
    a.isInclusive === b.isInclusive &&
    a.roundingMode === b.roundingMode &&
    a.roundingIncrementMinor === b.roundingIncrementMinor &&
    a.source === b.source
  );
}

export function describeRule(rule: TaxRule): string {
  const kind = `${rule.isInclusive ? ' inclusive' : ''}${rule.isVerified ? '' : ' unverified'}`;
  const rounding = `${rule.roundingMode} to ${rule.roundingIncrementMinor}`;
  return `${taxScope(rule)} ${plain(rule.rate)}${kind}, ${rounding}, ${span(rule)} (${rule.source})`;
}

function describeRate(rate: PublishedRate): string {
  return `${exchangeScope(rate)} ${plain(rate.rate)}, ${span(rate)} (${rate.source})`;
}

function span({ validFrom, validTo }: { readonly validFrom: string; readonly validTo: string | null }): string {
  return validTo === null ? `from ${validFrom}` : `from ${validFrom} to before ${validTo}`;
}

/** Decimal text without zeros at its end: files and the warehouse spell one number differently. */
function plain(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}
