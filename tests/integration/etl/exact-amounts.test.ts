import { productCategories } from '@pulse/contract';
import { expect, test } from 'vitest';

import { aTransaction } from '../../support/messages.ts';
import { openPipeline } from '../../support/pipeline.ts';

test.each([
  ['250.00', '21.2500', '271.2500'],
  ['150.00', '12.7500', '162.7500'],
  // Half a cent goes up: 0.10 × 8.5 % is 0.0085; 7.00 × 8.5 % is 0.595.
  ['0.10', '0.0100', '0.1100'],
  ['7.00', '0.6000', '7.6000'],
])('a sale of USD %s carries a tax of %s and a total of %s', async (amount, tax, total) => {
  await using pipeline = await openPipeline();
  await pipeline.publish([aTransaction({ amount })]);
  await pipeline.batch(['run']);
  const rows = await pipeline.query('select tax_amount, total_amount from transactions');
  expect(rows).toEqual([{ tax_amount: tax, total_amount: total }]);
});
