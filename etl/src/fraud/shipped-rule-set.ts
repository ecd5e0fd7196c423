import { formatMinor, parseAmountMinor, type CurrencyExponent } from '@pulse/contract';

import { amountParametersOf, parseRuleSet, RuleSetError, type RuleSetDefinition } from './rule-set.ts';
import definition from './shipped-rule-set.json' with { type: 'json' };

/** The rule set that comes with the program, as it stands in its file. Another content is another version. */
export const shippedRuleSet: RuleSetDefinition & { readonly currency: string } = definition;

/** Minor units of the shipped set's currency as minor units of the base currency. */
export type ConvertMinor = (minor: bigint) => bigint;

/** The version of the shipped set for a base currency: with limits in another currency it is another set. */
export function shippedVersion(baseCurrency: string): string {
  const { version, currency } = shippedRuleSet;
  return baseCurrency === currency ? version : `${version}-${baseCurrency.toLowerCase()}`;
}

/**
 * The shipped set with its limits in the base currency, rounded to two digits: they are rules of thumb, and people read them.
 * @param convert - undefined where no exchange rate is known.
 * @throws RuleSetError where a rate is needed and not known.
 */
export function shippedRuleSetFor(
  baseCurrency: string,
  exponents: { readonly from: CurrencyExponent; readonly to: CurrencyExponent },
  convert: ConvertMinor | undefined,
): RuleSetDefinition {
  const { currency } = shippedRuleSet;
  if (baseCurrency === currency) return parseRuleSet(definition);
  if (convert === undefined) {
    throw new RuleSetError(
      `the shipped fraud rules have limits in ${currency}, and no exchange rate converts them into ${baseCurrency}: ` +
        `import exchange rates (etl exchange-rates import FILE), or rules with limits in ${baseCurrency} ` +
        '(etl fraud rules import FILE --as live)',
    );
  }
  const convertText = (amount: unknown): string => {
    const minor = parseAmountMinor(String(amount), exponents.from);
    if (typeof minor !== 'bigint') throw new RuleSetError(`${String(amount)} is no amount of ${currency}: ${minor}`);
    return formatMinor(twoDigits(convert(minor)), exponents.to);
  };
  const rules = shippedRuleSet.rules.map((entry) => {
    const amounts = new Set(amountParametersOf(entry.rule));
    const parameters = Object.entries(entry.parameters).map(([name, value]) =>
      amounts.has(name) ? [name, convertText(value)] : [name, value],
    );
    return { ...entry, parameters: Object.fromEntries(parameters) };
  });
  return parseRuleSet({ ...shippedRuleSet, version: shippedVersion(baseCurrency), currency: baseCurrency, rules });
}

/** The nearest number with two digits before its zeros, at least 1: 149_263 is 150_000. */
function twoDigits(minor: bigint): bigint {
  if (minor < 1n) return 1n;
  const unit = 10n ** BigInt(Math.max(0, minor.toString().length - 2));
  return ((minor + unit / 2n) / unit) * unit;
}
