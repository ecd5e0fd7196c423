import type { Context } from '../program/context.ts';
import { jsonLine } from '../program/json-line.ts';
import { table } from '../program/table.ts';
import type { Queryable } from '../warehouse/connection.ts';
import { taxRulesInForce } from './rate-change-queries.ts';
import { readUnverifiedCharges, type UnverifiedCharge } from './unverified-tax-queries.ts';
import type { TaxRule } from './parse-tax-rules.ts';

/** Which rules are listed, and how. */
export interface TaxRuleListing {
  readonly country: string | undefined;
  /** YYYY-MM-DD: only rules valid on that day. */
  readonly on: string | undefined;
  readonly isOnlyUnverified: boolean;
  readonly as: 'table' | 'json';
}

/** The tax rules in force, as text; where only unverified ones are listed, also what was charged by such rates. */
export async function listTaxRules({ warehouse }: Context, listing: TaxRuleListing): Promise<string> {
  const { country, on, isOnlyUnverified, as } = listing;
  const rules = (await taxRulesInForce(warehouse.db))
    .map(({ item }) => item)
    .filter((rule) => country === undefined || rule.country === country)
    .filter(({ isVerified }) => !isOnlyUnverified || !isVerified)
    .filter(({ validFrom, validTo }) => on === undefined || (validFrom <= on && (validTo === null || on < validTo)));
  const charged = isOnlyUnverified ? await chargedIn(warehouse.db, country) : undefined;
  if (as === 'json') return jsonLine(charged === undefined ? rules : { rules, charged });
  const head = ['country', 'region', 'category', 'rate', 'inclusive', 'rounding', 'from', 'to', 'verified', 'source'];
  const listed = table(
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
  return charged === undefined ? listed : `${listed}\n${chargedText(charged)}`;
}

async function chargedIn(db: Queryable, country: string | undefined): Promise<readonly UnverifiedCharge[]> {
  const charges = await readUnverifiedCharges(db);
  return charges.filter((charge) => country === undefined || charge.country === country);
}

function chargedText(charges: readonly UnverifiedCharge[]): string {
  if (charges.length === 0) return 'nothing was charged by a rate that nobody has verified';
  const rows = charges.map((c) => [
    c.country,
    c.productCategory,
    c.taxRate,
    c.transactionCount,
    c.amountBase,
    c.taxBase,
  ]);
  const head = ['country', 'category', 'rate', 'transactions', 'amount, base', 'tax, base'];
  return `charged by rates that no verified rule in force has, all days\n${table(head, rows)}`;
}

function verifiedText({ isVerified, verifiedBy }: TaxRule): string {
  if (!isVerified) return 'no';
  return verifiedBy === null ? 'yes' : `by ${verifiedBy}`;
}
