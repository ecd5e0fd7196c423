import { expect, test } from 'vitest';

import { someTransactions } from '../../support/messages.ts';
import { openPipeline } from '../../support/pipeline.ts';
import { runEtl } from '../../support/programs.ts';

const steps = ['extract', 'validate', 'transform', 'load'] as const;
const killsOfEachStep = 3;
const roundSize = 400;

/** Seeded: a run can be repeated. Park and Miller's generator. */
let state = 20_261_122;
function randomBelow(limit: number): number {
  state = (state * 48_271) % 2_147_483_647;
  return state % limit;
}

function saleOf(index: number): { customer_id: string; amount: string } {
  return { customer_id: `customer-${index % 40}`, amount: `${index + 1}.01` };
}

test('a step killed with SIGKILL at any moment and tried again ends as if nothing had happened', async () => {
  await using pipeline = await openPipeline();
  const { client, env } = pipeline;
  let sent = 0;
  let killed = 0;
  for (const victim of steps) {
    for (let round = 0; round < killsOfEachStep; round += 1) {
      const batch = `${victim}-${round}`;
      await pipeline.publish(someTransactions(roundSize, saleOf));
      sent += roundSize;
      const before = steps[steps.indexOf(victim) - 1];
      if (before !== undefined) await pipeline.batch([before, '--batch', batch]);
      const { exitCode } = await runEtl([victim, '--batch', batch], { env, killAfterMs: 50 + randomBelow(250) });
      if (exitCode === undefined) killed += 1;
      await pipeline.batch(['load', '--batch', batch]);
    }
  }
  // Some kills come after the step has ended; that none came before would make this no test.
  expect(killed).toBeGreaterThan(0);
  const roundTotal = ((BigInt(roundSize) * BigInt(roundSize + 1)) / 2n) * 100n + BigInt(roundSize);
  const totalCents = roundTotal * BigInt(steps.length * killsOfEachStep);
  const { rows } = await client.query(`
    select (select count(*) from transactions)::int as facts,
      (select sum(amount) * 100 from transactions)::bigint as cents,
      (select sum(amount_base_sum) * 100 from customer_profiles)::bigint as profile_cents,
      (select sum(amount_sum) * 100 from sales_per_minute)::bigint as minute_cents,
      (select sum(next_offset) from source_positions)::int as positions,
      (select count(*) from etl_batches where state = 'loaded')::int as batches`);
  expect(rows).toEqual([
    {
      facts: sent,
      cents: String(totalCents),
      profile_cents: String(totalCents),
      minute_cents: String(totalCents),
      positions: sent,
      batches: steps.length * killsOfEachStep,
    },
  ]);
});
