import { UsageError } from '../failures/errors.ts';
import { endless } from '../pricing/exchange.ts';
import { exchangeScope, type PublishedRate } from './published-rate.ts';
import type { Stored } from './plan-changes.ts';

/**
 * The rates of a file without those of days for which an irrevocable rate is in force: they are the same and change nothing.
 * @throws UsageError where one of them is another rate.
 */
export function withoutIrrevocable(
  rates: readonly PublishedRate[],
  inForce: readonly Stored<PublishedRate>[],
): readonly PublishedRate[] {
  const irrevocable = new Map(
    inForce.filter(({ item }) => item.validTo === endless).map(({ item }) => [exchangeScope(item), item]),
  );
  return rates.filter((rate) => {
    const fixed = irrevocable.get(exchangeScope(rate));
    if (fixed === undefined || rate.validTo <= fixed.validFrom) return true;
    if (Number(fixed.rate) === Number(rate.rate)) return false;
    throw new UsageError(
      `${exchangeScope(rate)} ${rate.rate} from ${rate.validFrom}: since ${fixed.validFrom} the rate is irrevocably ` +
        `${Number(fixed.rate)} (${fixed.source}); take the line out`,
    );
  });
}
