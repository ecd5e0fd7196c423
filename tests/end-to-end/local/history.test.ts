import { expect, test } from 'vitest';

import { Stack } from '../stack.ts';

test('a new stack begins with a day of sales', async () => {
  await using stack = await Stack.open();
  await stack.loaded();
  const [sold] = await stack.query<{ hours: number; sales: number }>(`
    select count(distinct hour)::int as hours, sum(transaction_count)::int as sales
    from sales_per_hour
    where hour between now() - interval '25 hours' and now()`);
  expect(sold?.hours).toBeGreaterThanOrEqual(24);
  expect(sold?.sales).toBeGreaterThan(24 * 1_800);
});
