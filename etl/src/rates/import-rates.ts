import { basename } from 'node:path';

import type { Context } from '../context.ts';
import {
  applyExchangeChanges,
  applyTaxChanges,
  exchangeRatesInForce,
  taxRulesInForce,
  type ChangePlanner,
} from '../warehouse/rates.ts';
import { describeChanges, type ChangeReport } from './describe-changes.ts';
import { exchangeScope, parseExchangeRates, type PublishedRate } from './parse-exchange-rates.ts';
import { parseTaxRules, taxScope, type TaxRule } from './parse-tax-rules.ts';
import { planChanges } from './plan-changes.ts';
import { readCsv, requireNoFaults } from './read-csv.ts';

/**
 * Takes the tax rules of a file in, all or none. What they take the place of stays, superseded.
 * @param today - YYYY-MM-DD: what changes days before it is pointed out.
 * @throws UsageError naming each faulty line.
 */
export async function importTaxRules(
  { warehouse, config }: Context,
  path: string,
  isDryRun: boolean,
  today: string,
): Promise<ChangeReport> {
  const { items, faults } = parseTaxRules(readCsv(path));
  requireNoFaults(path, faults);
  const plan: ChangePlanner<TaxRule> = async (db) =>
    planChanges(await taxRulesInForce(db), items, { scopeOf: taxScope, isSame: isSameRule });
  const changes = isDryRun
    ? await plan(warehouse.db)
    : await applyTaxChanges(warehouse, config.warehouse.lockTimeoutMs, plan);
  return describeChanges(changes, { isDryRun, today, describe: describeRule });
}

/** Takes the exchange rates of a file in, as `importTaxRules` does rules. */
export async function importExchangeRates(
  { warehouse, config }: Context,
  path: string,
  isDryRun: boolean,
  today: string,
): Promise<ChangeReport> {
  const { items, faults, leftOut } = parseExchangeRates(readCsv(path), basename(path));
  requireNoFaults(path, faults);
  const plan: ChangePlanner<PublishedRate> = async (db) =>
    planChanges<PublishedRate>(await exchangeRatesInForce(db, items), items, {
      scopeOf: exchangeScope,
      // Which of the bank's files a rate stands in makes no difference.
      isSame: (a, b) => plain(a.rate) === plain(b.rate),
    });
  const changes = isDryRun
    ? await plan(warehouse.db)
    : await applyExchangeChanges(warehouse, config.warehouse.lockTimeoutMs, plan);
  return { ...describeChanges(changes, { isDryRun, today, describe: describeRate }), left_out: leftOut };
}

function isSameRule(a: TaxRule, b: TaxRule): boolean {
  return (
    plain(a.rate) === plain(b.rate) &&
    a.isInclusive === b.isInclusive &&
    a.roundingMode === b.roundingMode &&
    a.roundingIncrementMinor === b.roundingIncrementMinor &&
    a.source === b.source
  );
}

function describeRule(rule: TaxRule): string {
  const kind = rule.isInclusive ? ' inclusive' : '';
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
