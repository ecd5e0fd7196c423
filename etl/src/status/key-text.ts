import type { KeyCounts } from './key-count-queries.ts';

const number = (value: number): string => value.toLocaleString('en');

/** How records were keyed, in words, and what follows from it. */
export function keyText(counts: KeyCounts): string {
  const { hours, readCount, otherKeyCount, noKeyCount, scatteredCustomerCount } = counts;
  const records = `of ${number(readCount)} records in ${hours} h`;
  if (otherKeyCount === 0 && scatteredCustomerCount === 0) return `the customer's id ${records}`;
  const none = noKeyCount === 0 ? '' : ` (${number(noKeyCount)} had none)`;
  const scattered =
    scatteredCustomerCount === 0
      ? 'no customer was in several partitions of a batch'
      : `up to ${number(scatteredCustomerCount)} customers were in several partitions of a batch: taken by time within it, across batches as they came`;
  return `not the customer's id for ${number(otherKeyCount)} ${records}${none}; ${scattered}`;
}
