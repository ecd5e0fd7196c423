import type { FraudPattern } from '@pulse/contract';

import { markets } from './markets.ts';
import { createCustomer, type Customer, type Population } from './population.ts';
import { between, pick, wholeBetween, type Random } from './random.ts';
import { amountText, type SaleWish } from './sale.ts';

/** How a pattern plays: its share of the sequences, how many sales it takes, the seconds between two of them. */
interface Play {
  readonly pattern: FraudPattern;
  readonly weight: number;
  readonly sales: readonly [min: number, max: number];
  readonly gapSeconds: readonly [min: number, max: number];
}

export const plays: readonly [Play, ...Play[]] = [
  { pattern: 'high_amount', weight: 12, sales: [1, 1], gapSeconds: [0, 0] },
  { pattern: 'new_customer_high_amount', weight: 8, sales: [1, 1], gapSeconds: [0, 0] },
  { pattern: 'velocity_burst', weight: 2, sales: [6, 12], gapSeconds: [2, 15] },
  { pattern: 'card_testing', weight: 2, sales: [10, 20], gapSeconds: [5, 30] },
  { pattern: 'country_hopping', weight: 3, sales: [2, 4], gapSeconds: [300, 1_800] },
  { pattern: 'currency_hopping', weight: 2, sales: [5, 8], gapSeconds: [10, 60] },
  { pattern: 'duplicate_amount_burst', weight: 2, sales: [6, 12], gapSeconds: [5, 40] },
  { pattern: 'account_takeover', weight: 2, sales: [2, 4], gapSeconds: [60, 300] },
];

/** Mean number of sales in a sequence, genuine ones among them, to turn a share of messages into a chance to begin one. */
export const salesPerSequence =
  plays.reduce((sum, { weight, sales: [min, max] }) => sum + (weight * (min + max)) / 2, 0) /
  plays.reduce((sum, { weight }) => sum + weight, 0);

/** A sale of a sequence. Most are the thief's; one that the customer makes in between is not fraud, and carries no label. */
export interface FraudWish extends SaleWish {
  readonly isGenuine?: boolean;
}

/** One sequence: the sales of one customer in the order of their times, the last of them at `endMs`. */
export function playFraud(random: Random, population: Population, play: Play, endMs: number): FraudWish[] {
  const count = wholeBetween(random, ...play.sales);
  const gapsMs = Array.from({ length: count - 1 }, () => Math.round(between(random, ...play.gapSeconds) * 1_000));
  let timeMs = endMs - gapsMs.reduce((sum, gap) => sum + gap, 0);
  const times = [timeMs, ...gapsMs.map((gap) => (timeMs += gap))];
  const customer = pick(random, population.customers);
  const wish = wisher(random, play.pattern, customer, count);
  return times.map((time, index) => wish(index, time));
}

type Wish = (index: number, timeMs: number) => FraudWish;

function wisher(random: Random, pattern: FraudPattern, customer: Customer, count: number): Wish {
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
        index === 0 ? { timeMs, customer, isGenuine: true } : { timeMs, customer, market: elsewhere(customer, index) };
    case 'currency_hopping':
      return (index, timeMs) => ({
        timeMs,
        customer,
        market: elsewhere(customer, index),
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
      const abroad = elsewhere(customer, count);
      return (_, timeMs) => ({ timeMs, customer, market: abroad, amountDollars: between(random, 300, 1_400) });
    }
    default:
      throw new Error(`no such fraud pattern: ${String(pattern satisfies never)}`);
  }
}

/** One market for each currency, so that two neighbours in the list never share one. */
const currencies = markets.filter(
  ({ currency }, index) => index === markets.findIndex((one) => one.currency === currency),
);

/** A market in another currency and country than the customer's own; another one for each index. */
function elsewhere(customer: Customer, index: number) {
  const foreign = currencies.filter(({ currency }) => currency !== customer.home.currency);
  return foreign[(index + customer.id.length) % foreign.length] ?? markets[0];
}
