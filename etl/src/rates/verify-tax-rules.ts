import type { Context } from '../program/context.ts';
import { UsageError } from '../failures/errors.ts';
import { applyTaxChanges, taxRulesInForce, type ChangePlanner } from './rate-change-queries.ts';
import { describeChanges, type ChangeReport } from './describe-changes.ts';
import { describeRule, isSameRule } from './import-rates.ts';
import { taxScope, type TaxRule } from './parse-tax-rules.ts';
import { planChanges, type Stored } from './plan-changes.ts';

/** Which rules somebody has verified, and what is kept with them. */
export interface Verification {
  readonly country: string;
  /** '*' for the rule of any region, as of any category. */
  readonly region: string;
  readonly productCategory: string;
  /** The rate that was found to be right, as "0.16": rules with another one stay as they are. */
  readonly rate: string;
  /** YYYY-MM-DD: only from this day on. */
  readonly from: string | undefined;
  /** YYYY-MM-DD, exclusive: only before this day. */
  readonly to: string | undefined;
  readonly source: string;
  readonly reason: string;
  readonly by: string;
}

/**
 * Records that rules in force are right: each is superseded by a verified one of the same days, or of those days that
 * are named.
 * @throws UsageError when no rule in force has this scope, rate and days.
 */
export async function verifyTaxRules(
  { warehouse, config }: Context,
  verification: Verification,
  isDryRun: boolean,
  today: string,
): Promise<ChangeReport> {
  const plan: ChangePlanner<TaxRule> = async (db) => {
    const inForce = await taxRulesInForce(db);
    return planChanges(inForce, verifiedRules(inForce, verification), { scopeOf: taxScope, isSame: isSameRule });
  };
  const changes = isDryRun
    ? await plan(warehouse.db)
    : await applyTaxChanges(warehouse, config.warehouse.lockTimeoutMs, plan);
  return describeChanges(changes, { isDryRun, today, describe: describeRule });
}

/** The rules that replace those that the verification names; one that is verified already stays itself. */
export function verifiedRules(inForce: readonly Stored<TaxRule>[], verification: Verification): TaxRule[] {
  const { from, to, source, reason, by } = verification;
  const ofScope = inForce
    .map(({ item }) => item)
    .filter((rule) => taxScope(rule) === taxScope(verification))
    .filter((rule) => (to === undefined || rule.validFrom < to) && (from === undefined || endsAfter(rule, from)));
  const named = ofScope.filter(({ rate }) => Number(rate) === Number(verification.rate));
  if (named.length === 0) throw new UsageError(nothingNamed(ofScope, verification));
  return named.map((rule) =>
    rule.isVerified
      ? rule
      : {
          ...rule,
          validFrom: from !== undefined && rule.validFrom < from ? from : rule.validFrom,
          validTo: to !== undefined && endsAfter(rule, to) ? to : rule.validTo,
          source,
          isVerified: true,
          verifiedBy: by,
          verifiedReason: reason,
        },
  );
}

function endsAfter({ validTo }: TaxRule, day: string): boolean {
  return validTo === null || validTo > day;
}

function nothingNamed(ofScope: readonly TaxRule[], verification: Verification): string {
  const { rate, from, to } = verification;
  const days = `${from === undefined ? '' : ` from ${from}`}${to === undefined ? '' : ` to before ${to}`}`;
  const found =
    ofScope.length === 0
      ? 'no rule is in force there'
      : `in force are:\n${ofScope.map((rule) => `  ${describeRule(rule)}`).join('\n')}`;
  return `no rule of ${taxScope(verification)} has a rate of ${rate}${days}: import one that has, or name another; ${found}`;
}
