import { salesDimensions } from '@pulse/migrations/schema';

const names = salesDimensions.map(({ name }) => name);

/** For queries of tests that know which sums a roll-up has, whatever its dimensions are. */
export const sqlOfDimensions = {
  names: names.join(', '),
  /** As they are made of a transaction. */
  values: names.map((name) => `coalesce(${name}, '') as ${name}`).join(', '),
  /** To group by a first column and all of them. */
  positions: [1, ...names.map((_, index) => index + 2)].join(', '),
};
