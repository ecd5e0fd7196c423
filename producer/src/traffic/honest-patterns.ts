import type { Customer, Population } from './population.ts';
import { between, pick, weightedPicker, type Random } from './random.ts';
import { meanLength, sequenceTimes, type SequenceShape } from './sequence.ts';
import { amountText, type SaleSpec } from './transaction.ts';

/** Behaviour of honest customers that looks like fraud. */
interface HonestPattern extends SequenceShape {
  readonly name: 'shopping_spree' | 'repeated_purchase' | 'small_purchases';
}

const honestPatterns: readonly [HonestPattern, ...HonestPattern[]] = [
  { name: 'shopping_spree', weight: 5, transactions: [2, 4], gapSeconds: [30, 240] },
  { name: 'repeated_purchase', weight: 3, transactions: [2, 2], gapSeconds: [20, 300] },
  { name: 'small_purchases', weight: 1, transactions: [2, 4], gapSeconds: [30, 300] },
];

/** Ratio of the messages that belong to such a pattern: a rule that flags it loses precision. */
const honestPatternRatio = 0.03;
/** The chance that an ordinary message begins one. */
export const honestPatternChance = honestPatternRatio / meanLength(honestPatterns);

const pickPattern = weightedPicker(honestPatterns, ({ weight }) => weight);

/** One sequence: the transactions of one customer in the order of their times, the last of them at `endMs`. */
export function createHonestSequence(random: Random, population: Population, endMs: number): SaleSpec[] {
  const pattern = pickPattern(random);
  const times = sequenceTimes(random, pattern, endMs);
  const customer = pick(random, population.customers);
  const nextAmount = amountsOf(random, pattern, customer);
  return times.map((timeMs) => ({ timeMs, customer, ...nextAmount() }));
}

function amountsOf(
  random: Random,
  { name }: HonestPattern,
  customer: Customer,
): () => Pick<SaleSpec, 'amount' | 'amountDollars'> {
  switch (name) {
    case 'shopping_spree':
      return () => ({});
    case 'repeated_purchase': {
      const amount = amountText(between(random, 10, 200), customer.home);
      return () => ({ amount });
    }
    case 'small_purchases':
      return () => ({ amountDollars: between(random, 1, 6) });
    default:
      throw new Error(`no such honest pattern: ${String(name satisfies never)}`);
  }
}
