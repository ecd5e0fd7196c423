import type { FraudPattern } from '@pulse/contract';

import { markets } from './markets.ts';
import { createCustomer, type Customer, type Population } from './population.ts';
import { between, pick, type Random } from './random.ts';
import { meanLength, sequenceTimes, type SequenceShape } from './sequence.ts';
import { amountText, type SaleSpec } from './transaction.ts';

/** How the producer acts out a fraud pattern. */
interface FraudScenario extends SequenceShape {
  readonly pattern: FraudPattern;
}

export const fraudScenarios: readonly [FraudScenario, ...FraudScenario[]] = [
  { pattern: 'high_amount', weight: 12, transactions: [1, 1], gapSeconds: [0, 0] },
  { pattern: 'new_customer_high_amount', weight: 8, transactions: [1, 1], gapSeconds: [0, 0] },
  { pattern: 'velocity_burst', weight: 2, transactions: [6, 12], gapSeconds: [2, 15] },
  { pattern: 'card_testing', weight: 2, transactions: [10, 20], gapSeconds: [5, 30] },
  { pattern: 'country_hopping', weight: 3, transactions: [2, 4], gapSeconds: [300, 1_800] },
  { pattern: 'currency_hopping', weight: 2, transactions: [5, 8], gapSeconds: [10, 60] },
  { pattern: 'duplicate_amount_burst', weight: 2, transactions: [6, 12], gapSeconds: [5, 40] },
  { pattern: 'account_takeover', weight: 2, transactions: [2, 4], gapSeconds: [60, 300] },
];

/** The mean number of transactions in a fraud sequence, with the genuine ones among them. */
export const fraudSequenceLength = meanLength(fraudScenarios);

/** A transaction of a fraud sequence. One that the customer makes between those of the thief is genuine and has no label. */
export interface FraudSaleSpec extends SaleSpec {
  readonly isGenuine?: boolean;
}

/** One sequence: the transactions of one customer in the order of their times, the last of them at `endMs`. */
export function createFraudSequence(
  random: Random,
  population: Population,
  scenario: FraudScenario,
  endMs: number,
): FraudSaleSpec[] {
  const times = sequenceTimes(random, scenario, endMs);
  const customer = pick(random, population.customers);
  const specOf = specsOf(random, scenario.pattern, customer, times.length);
  return times.map((timeMs, index) => specOf(index, timeMs));
}

type SpecOf = (index: number, timeMs: number) => FraudSaleSpec;

function specsOf(random: Random, pattern: FraudPattern, customer: Customer, count: number): SpecOf {
  switch (pattern) {
    case 'velocity_burst':
      return (_, timeMs) => ({ timeMs, customer });
    case 'card_testing':
      return (index, timeMs) => ({
        timeMs,
        customer,
        amountDollars: index < count - 1 ? between(random, 0.5, 3) : between(random, 400, 1_500),
      });
    case 'high_amount':
      return (_, timeMs) => ({ timeMs, customer, amountDollars: between(random, 1_200, 6_000) });
    case 'country_hopping':
      return (index, timeMs) =>
        index === 0
          ? { timeMs, customer, isGenuine: true }
          : { timeMs, customer, market: foreignMarket(customer, index) };
    case 'currency_hopping':
      return (index, timeMs) => ({
        timeMs,
        customer,
        market: foreignMarket(customer, index),
        country: customer.home.country,
      });
    case 'new_customer_high_amount':
      return (_, timeMs) => ({
        timeMs,
        customer: createCustomer(random, `cust-new-${random.bits32().toString(36)}${random.bits32().toString(36)}`),
        amountDollars: between(random, 500, 3_000),
      });
    case 'duplicate_amount_burst': {
      const amount = amountText(between(random, 40, 300), customer.home);
      return (_, timeMs) => ({ timeMs, customer, amount });
    }
    case 'account_takeover': {
      const market = foreignMarket(customer, count);
      return (_, timeMs) => ({ timeMs, customer, market, amountDollars: between(random, 300, 1_400) });
    }
    default:
      throw new Error(`no such fraud pattern: ${String(pattern satisfies never)}`);
  }
}

/** One market for each currency, so that neighbours in the list have different currencies. */
const currencyMarkets = markets.filter(
  ({ currency }, index) => index === markets.findIndex((one) => one.currency === currency),
);

/** A market with another currency and country than the customer's, a different one for each index. */
function foreignMarket(customer: Customer, index: number) {
  const foreign = currencyMarkets.filter(({ currency }) => currency !== customer.home.currency);
  return foreign[(index + customer.id.length) % foreign.length] ?? markets[0];
}
