import { createTaxTable } from '../pricing/tax.ts';
import type { Queryable } from '../warehouse/connection.ts';
import { taxRulesInForce } from '../rates/rate-change-queries.ts';

/** What a transaction's tax was computed by. */
interface Taxed {
  readonly country: string | null;
  readonly productCategory: string;
  readonly taxDate: string;
  readonly taxRate: string;
}

/** What the rules in force make of the rate that a transaction was taxed by, as text behind it; '' where it is verified. */
export async function taxStandingOf(db: Queryable, taxed: Taxed): Promise<string> {
  const rules = (await taxRulesInForce(db)).map(({ item }) => item);
  const rule = createTaxTable(rules).find(taxed.country ?? '', '', taxed.productCategory, taxed.taxDate);
  if (rule === undefined) return ', unverified: no rule is in force now';
  if (Number(rule.rate) !== Number(taxed.taxRate)) {
    const kind = rule.isVerified ? '' : ', unverified,';
    return `, unverified: the rule in force now${kind} has ${Number(rule.rate)}; see \`etl reprocess\``;
  }
  return rule.isVerified ? '' : ', unverified';
}
