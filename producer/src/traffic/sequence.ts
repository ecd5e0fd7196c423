import { between, wholeBetween, type Random } from './random.ts';

/** A few transactions of one customer within a short time. */
export interface SequenceShape {
  /** How often it occurs, relative to the others of its list. */
  readonly weight: number;
  readonly transactions: readonly [min: number, max: number];
  /** Between two transactions. */
  readonly gapSeconds: readonly [min: number, max: number];
}

/** The event times of one sequence, in order, the last of them at `endMs`. */
export function sequenceTimes(random: Random, { transactions, gapSeconds }: SequenceShape, endMs: number): number[] {
  const count = wholeBetween(random, ...transactions);
  const gapsMs = Array.from({ length: count - 1 }, () => Math.round(between(random, ...gapSeconds) * 1_000));
  let timeMs = endMs - gapsMs.reduce((sum, gap) => sum + gap, 0);
  return [timeMs, ...gapsMs.map((gap) => (timeMs += gap))];
}

/** The mean number of transactions in a sequence: it turns a ratio of messages into the chance to begin a sequence. */
export function meanLength(shapes: readonly SequenceShape[]): number {
  const totalWeight = shapes.reduce((sum, { weight }) => sum + weight, 0);
  return (
    shapes.reduce((sum, { weight, transactions: [min, max] }) => sum + (weight * (min + max)) / 2, 0) / totalWeight
  );
}
