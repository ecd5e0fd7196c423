import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';
import * as z from 'zod';

import { runProducer } from '../support/programs.ts';
import { Stack } from './stack.ts';

const counts = z.object({ acknowledged: z.number(), valid: z.number(), duplicates: z.number(), malformed: z.number() });

const sentRows = `
  jsonb_to_recordset($1::jsonb)
    as sent (order_id text, amount numeric, currency text, partition int, "offset" bigint, kind text)`;

test("each of the producer's acknowledged sales is one row within a minute, each malformed one in quarantine", async () => {
  await using stack = await Stack.open();
  const { summary, sent } = await produce(stack);
  expect(summary.acknowledged).toBe(2000);
  await stack.loaded();

  const [outcome] = await stack.query(
    `select
      count(*) filter (where kind = 'valid' and exact.order_id is not null)::int as valid,
      count(*) filter (where kind = 'duplicate' and exact.order_id is not null and own.order_id is null)::int as duplicates,
      count(*) filter (where kind like 'malformed:%' and rejected_id is not null and own.order_id is null)::int as malformed,
      count(*) filter (where kind not like 'malformed:%' and rejected_id is not null)::int as wronged
    from ${sentRows}
    left join transactions as exact
      on exact.order_id = sent.order_id and exact.amount = sent.amount and exact.currency = sent.currency
    left join transactions as own
      on own.kafka_partition = sent.partition and own.kafka_offset = sent."offset"
    left join rejected_transactions as rejected
      on rejected.partition = sent.partition and rejected."offset" = sent."offset"`,
    [JSON.stringify(sent)],
  );
  const { valid, duplicates, malformed } = summary;
  expect(outcome).toEqual({ valid, duplicates, malformed, wronged: 0 });
  expect(malformed).toBeGreaterThan(50);
  expect(duplicates).toBeGreaterThan(50);
});

test('all that was ever read was loaded, a duplicate or rejected, and nothing was left out', async () => {
  await using stack = await Stack.open();
  const [books] = await stack.query(`
    select
      sum(read_count)::int as read,
      sum(loaded_count + duplicate_count + rejected_count)::int as settled,
      sum(read_count + hole_count) filter (where kind <> 'replay')::int as passed,
      sum(loaded_count)::int as loaded,
      sum(rejected_count)::int as rejected,
      (select sum(next_offset)::int from source_positions) as reached,
      (select count(*)::int from transactions) as rows,
      (select count(*)::int from rejected_transactions) as quarantine
    from etl_batches
    where state = 'loaded'`);
  expect(books?.['read']).toBeGreaterThanOrEqual(2000);
  expect(books).toMatchObject({
    settled: books?.['read'],
    reached: books?.['passed'],
    rows: books?.['loaded'],
    quarantine: books?.['rejected'],
  });
});

/** Runs the real producer over some seconds, with its ledger as the independent truth of what Kafka has. */
async function produce(stack: Stack) {
  const folder = await mkdtemp(join(tmpdir(), 'pulse-ledger-'));
  try {
    const file = join(folder, 'ledger.jsonl');
    const shares = ['--duplicate-share', '0.05', '--malformed-share', '0.05'];
    const flags = ['--seed', '20', '--rate', '200', '--count', '2000', ...shares, '--ledger', file, '--json'];
    const { kafkaBootstrapServers, transactionsTopic } = stack.addresses;
    const env = { KAFKA_BOOTSTRAP_SERVERS: kafkaBootstrapServers, KAFKA_TOPIC_TRANSACTIONS: transactionsTopic };
    const { exitCode, stdout, stderr } = await runProducer(flags, { env });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    return { summary: counts.parse(JSON.parse(stdout)), sent: lines.map((line): unknown => JSON.parse(line)) };
  } finally {
    await rm(folder, { recursive: true });
  }
}
