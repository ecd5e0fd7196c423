import * as z from 'zod';

import type { FraudRule } from '../rule.ts';

const parameters = z.strictObject({});

/** The customer stands on the block list when the sale takes place. */
export const blockList: FraudRule<z.output<typeof parameters>> = {
  id: 'block_list',
  version: 1,
  parameters,
  prepare: () => {
    const finding = { observed: 'on the block list', threshold: 'on the block list' };
    return ({ timeMs }, history) => (history.listedAs(timeMs) === 'block' ? finding : undefined);
  },
  measure:
    () =>
    ({ timeMs }, history) => ({
      observed: `${history.listedAs(timeMs) === 'block' ? '' : 'not '}on the block list`,
      threshold: 'on the block list',
    }),
};
