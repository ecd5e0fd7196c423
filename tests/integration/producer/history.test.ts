import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';
import * as z from 'zod';

import { openPipeline, type Pipeline } from '../../support/pipeline.ts';
import { runProducer } from '../../support/programs.ts';

const hourMs = 3_600_000;

test('a new topic begins with a day of late transactions, and a second start sends none', async () => {
  await using pipeline = await openPipeline();
  const startMs = Date.now();
  const first = await produce(pipeline, ['--history-hours', '24', '--count', '20']);
  const { acknowledged, late, valid } = first.summary;
  expect(late).toBe(acknowledged - 20);
  expect(first.ledger.filter((line) => line.late)).toHaveLength(late);

  await pipeline.batch(['run', '--until-empty']);
  const [loaded] = await pipeline.query<Record<string, number>>(`
    select
      count(distinct hour)::int as hours,
      sum(transaction_count)::int as transactions,
      (select count(*)::int from transactions) as rows,
      (select count(*)::float8 from transactions where is_fraud_flagged) / sum(transaction_count) as flagged,
      (select extract(epoch from min(transaction_timestamp)) * 1000 from transactions)::float8 as first_ms,
      (select extract(epoch from max(transaction_timestamp)) * 1000 from transactions)::float8 as last_ms
    from sales_per_hour`);
  expect(loaded).toMatchObject({ transactions: valid, rows: valid });
  expect(loaded?.['hours']).toBeGreaterThanOrEqual(24);
  expect(loaded?.['flagged']).toBeLessThan(0.04);
  expect(first.ledger.filter(({ kind }) => kind === 'valid')).toHaveLength(valid);
  expect(loaded?.['first_ms']).toBeGreaterThan(startMs - 25 * hourMs);
  expect(loaded?.['last_ms']).toBeLessThanOrEqual(Date.now());

  const second = await produce(pipeline, ['--history-hours', '24', '--count', '20']);
  expect(second.summary).toMatchObject({ acknowledged: 20, late: 0 });
});

/** A fifth of the usual pace. */
const pauses = { PRODUCER_INTERVAL_MIN: '6', PRODUCER_INTERVAL_MAX: '9' };

const summary = z.object({ acknowledged: z.number(), valid: z.number(), late: z.number() });
const ledgerLine = z.object({ kind: z.string(), late: z.boolean().default(false) });

async function produce({ env }: Pipeline, flags: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'pulse-ledger-'));
  try {
    const file = join(folder, 'ledger.jsonl');
    const given = ['--seed', '11', '--late-share', '0', ...flags, '--ledger', file, '--json'];
    const { exitCode, stdout, stderr } = await runProducer(given, { env: { ...env, ...pauses } });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    return {
      summary: summary.parse(JSON.parse(stdout)),
      ledger: lines.map((line) => ledgerLine.parse(JSON.parse(line))),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
