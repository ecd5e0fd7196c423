import type { Context } from '../context.ts';
import { jsonLine } from '../operate/json-line.ts';
import { table } from '../operate/table.ts';
import { taxRulesInForce } from '../warehouse/rates.ts';
import type { TaxRule } from './parse-tax-rules.ts';

/** Which rules are listed, and how. */
export interface TaxRuleListing {
  readonly country: string | undefined;
  /** YYYY-MM-DD: only rules valid on that day. */
  readonly on: string | undefined;
  readonly isOnlyUnverified: boolean;
  readonly as: 'table' | 'json';
}

/** The tax rules in force, as text. */
export async function listTaxRules({ warehouse }: Context, listing: TaxRuleListing): Promise<string> {
  const { country, on, isOnlyUnverified, as } = listing;
  const rules = (await taxRulesInForce(warehouse.db))
    .map(({ item }) => item)
    .filter((rule) => country === undefined || rule.country === country)
    .filter(({ isVerified }) => !isOnlyUnverified || !isVerified)
    .filter(({ validFrom, validTo }) => on === undefined || (validFrom <= on && (validTo === null || on < validTo)));
  if (as === 'json') return jsonLine(rules);
  const head = ['country', 'region', 'category', 'rate', 'inclusive', 'rounding', 'from', 'to', 'verified', 'source'];
  return table(
    head,
    rules.map((rule) => [
      rule.country,
      rule.region,
      rule.productCategory,
      rule.rate,
      rule.isInclusive ? 'yes' : 'no',
      `${rule.roundingMode} ${rule.roundingIncrementMinor}`,
      rule.validFrom,
      rule.validTo,
      verifiedText(rule),
      rule.source,
    ]),
  );
}

function verifiedText({ isVerified, verifiedBy }: TaxRule): string {
  if (!isVerified) return 'no';
  return verifiedBy === null ? 'yes' : `by ${verifiedBy}`;
}
