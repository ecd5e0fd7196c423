import { formatMinor, type CurrencyExponent } from '@pulse/contract';

import type { FraudRule } from './fraud.ts';

/** Flags an amount above a limit, both in the base currency: the original's rule, in money that can be compared. */
export function amountLimitRule(limitMinor: bigint, exponent: CurrencyExponent): FraudRule {
  const rule = { id: 'amount_limit', version: 1, weight: 60 };
  const threshold = formatMinor(limitMinor, exponent);
  return {
    ...rule,
    judge: ({ amountBaseMinor }) => {
      if (amountBaseMinor <= limitMinor) return undefined;
      const observed = formatMinor(amountBaseMinor, exponent);
      return { rule: rule.id, version: rule.version, weight: rule.weight, observed, threshold };
    },
  };
}
