import type { Customer, Population } from './population.ts';
import { between, pick, weightedPicker, wholeBetween, type Random } from './random.ts';
import { amountText, type SaleWish } from './sale.ts';

type HabitName = 'spree' | 'same_again' | 'bargains';

/** What honest customers do that looks like fraud at first sight: how often, how many sales, the seconds between two. */
interface Habit {
  readonly name: HabitName;
  readonly weight: number;
  readonly sales: readonly [min: number, max: number];
  readonly gapSeconds: readonly [min: number, max: number];
}

const habits: readonly [Habit, ...Habit[]] = [
  { name: 'spree', weight: 5, sales: [2, 4], gapSeconds: [30, 240] },
  { name: 'same_again', weight: 3, sales: [2, 2], gapSeconds: [20, 300] },
  { name: 'bargains', weight: 1, sales: [2, 4], gapSeconds: [30, 300] },
];

const salesPerHabit =
  habits.reduce((sum, { weight, sales: [min, max] }) => sum + (weight * (min + max)) / 2, 0) /
  habits.reduce((sum, { weight }) => sum + weight, 0);

/** Share of the messages that follow a habit: a rule that can not tell them from fraud shows it in its precision. */
const habitShare = 0.03;
/** The chance that an ordinary message begins one. */
export const habitChance = habitShare / salesPerHabit;

const pickHabit = weightedPicker(habits, ({ weight }) => weight);

/** One habit at work: the sales of one customer in the order of their times, the last of them at `endMs`. */
export function followHabit(random: Random, population: Population, endMs: number): SaleWish[] {
  const { name, sales, gapSeconds } = pickHabit(random);
  const count = wholeBetween(random, ...sales);
  const gapsMs = Array.from({ length: count - 1 }, () => Math.round(between(random, ...gapSeconds) * 1_000));
  let timeMs = endMs - gapsMs.reduce((sum, gap) => sum + gap, 0);
  const times = [timeMs, ...gapsMs.map((gap) => (timeMs += gap))];
  const customer = pick(random, population.customers);
  const part = partOf(random, name, customer);
  return times.map((time) => ({ timeMs: time, customer, ...part() }));
}

function partOf(random: Random, name: HabitName, customer: Customer): () => Partial<SaleWish> {
  switch (name) {
    case 'spree':
      return () => ({});
    case 'same_again': {
      const amount = amountText(between(random, 10, 200), customer.home);
      return () => ({ amount });
    }
    case 'bargains':
      return () => ({ amountDollars: between(random, 1, 6) });
    default:
      throw new Error(`no such habit: ${String(name satisfies never)}`);
  }
}
