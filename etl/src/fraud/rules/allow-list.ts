import * as z from 'zod';

import type { FraudRule } from '../rule.ts';

const parameters = z.strictObject({});

/** The customer stands on the allow list when the sale takes place: whatever else is found, the sale is clear. */
export const allowList: FraudRule<z.output<typeof parameters>> = {
  id: 'allow_list',
  version: 1,
  parameters,
  prepare: () => {
    const finding = { observed: 'on the allow list', threshold: 'on the allow list' };
    return ({ timeMs }, history) => (history.listedAs(timeMs) === 'allow' ? finding : undefined);
  },
  measure:
    () =>
    ({ timeMs }, history) => ({
      observed: `${history.listedAs(timeMs) === 'allow' ? '' : 'not '}on the allow list`,
      threshold: 'on the allow list',
    }),
};
