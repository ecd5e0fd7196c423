import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import shipped from '../../../etl/src/fraud/shipped-rule-set.json' with { type: 'json' };
import { aTransaction } from '../../support/messages.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';

const yen = { ETL_BASE_CURRENCY: 'JPY' };
const amounts = ['3.00', '150.00', '480.00', '900.00', '1100.00', '1500.00', '9000.00'];
const sales = amounts.map((amount, index) =>
  aTransaction({ order_id: `order-${index}`, customer_id: `customer-${index}`, amount }),
);

const flagged = `select order_id from transactions where is_fraud_flagged order by order_id`;

async function ruleSetFile(pipeline: Pipeline, changes: { readonly currency: string | undefined }): Promise<string> {
  const file = join(pipeline.stagingDir, 'rules.json');
  await writeFile(file, JSON.stringify({ ...shipped, version: 'mine', ...changes }));
  return file;
}

test('with yen as the base currency the shipped rules flag the same sales as with dollars', async () => {
  await using dollars = await openPipeline({ partitions: 1 });
  await using pipeline = await openPipeline({ partitions: 1, env: yen });
  for (const each of [dollars, pipeline]) {
    await each.publish(sales);
    await each.batch(['run']);
  }
  expect(await pipeline.query(flagged)).toEqual(['4', '5', '6'].map((n) => ({ order_id: `order-${n}` })));
  expect(await pipeline.query(flagged)).toEqual(await dollars.query(flagged));
  const [live] = await pipeline.query<{ rule_set_version: string; currency: string; amount_limit: string }>(`
    select rule_set_version, definition ->> 'currency' as currency,
      jsonb_path_query_first(definition, '$.rules[*] ? (@.rule == "amount_limit").parameters.limit') #>> '{}' as amount_limit
    from fraud_rule_sets where status = 'live'`);
  expect(live).toMatchObject({ rule_set_version: `${shipped.version}-jpy`, currency: 'JPY' });
  // Two digits, of a rate of 100 to 200 yen.
  expect(live?.amount_limit).toMatch(/^1\d0000$/);
});

test('limits that are already stored for a base currency do not move with the exchange rate', async () => {
  await using pipeline = await openPipeline({ partitions: 1, env: yen });
  const limits = `select definition from fraud_rule_sets where status = 'live'`;
  await pipeline.publish(sales.slice(0, 1));
  await pipeline.batch(['run']);
  const before = await pipeline.query(limits);
  await pipeline.query(`update exchange_rates set rate = rate * 2 where quote = 'JPY'`);
  const imported = await pipeline.etl([
    'fraud',
    'rules',
    'import',
    await ruleSetFile(pipeline, { currency: 'JPY' }),
    '--as',
    'live',
  ]);
  expect(imported.exitCode).toBe(0);
  const back = await pipeline.etl(['fraud', 'rules', 'use', `${shipped.version}-jpy`, '--as', 'live']);
  expect(back.exitCode).toBe(0);
  await pipeline.publish(sales.slice(1, 2));
  await pipeline.batch(['run']);
  expect(await pipeline.query(limits)).toEqual(before);
});

test('without a rate for the shipped limits a batch is refused with the way on, and nothing is planned', async () => {
  await using pipeline = await openPipeline({ partitions: 1, env: yen });
  await pipeline.query('truncate exchange_rates');
  await pipeline.query('update warehouse_state set sample_rates_until = null');
  await pipeline.publish([aTransaction({ order_id: 'one', amount: '1000', currency: 'JPY', country: 'JP' })]);
  const { exitCode, stderr } = await pipeline.etl(['run']);
  expect(exitCode).toBe(64);
  expect(stderr).toMatch(/limits in USD.*into JPY: import exchange rates.*or rules with limits in JPY/s);
  expect(await pipeline.query('select from etl_batches')).toEqual([]);
});

test.each([
  [
    'in another currency than the base',
    'USD',
    /currency: limits are in USD.*base currency JPY.*write the limits in JPY/s,
  ],
  ['in a currency that does not exist', 'ZZZ', /currency: expected an ISO 4217 code/],
  ['without a currency', undefined, /currency is missing: .*amount_limit.*currency.*JPY/s],
])('a rule set with limits %s is refused', async (_, currency, message) => {
  await using pipeline = await openPipeline({ partitions: 1, env: yen });
  // JSON leaves out what is undefined.
  const file = await ruleSetFile(pipeline, { currency });
  for (const args of [
    ['fraud', 'rules', 'import', file],
    ['fraud', 'backtest', '--rules', file, '--since', '7d'],
  ]) {
    const { exitCode, stderr } = await pipeline.etl(args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 64, stderr: expect.stringMatching(message) });
  }
});
