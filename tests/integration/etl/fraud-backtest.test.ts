import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';
import * as z from 'zod';

import shipped from '../../../etl/src/fraud/shipped-rule-set.json' with { type: 'json' };
import { aTransaction } from '../../support/messages.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';
import { runEtl, runProducer } from '../../support/programs.ts';

const share = z.number().nullable();
const setResult = z.object({ version: z.string(), flagged: z.number(), precision: share, recall: share, f1: share });
const changed = z.object({ count: z.number(), examples: z.array(z.object({ orderId: z.string() })) });
const backtestResult = z.object({
  sales: z.number(),
  fraudulent: z.number(),
  remembered: z.number(),
  rejudged: z.number(),
  live: setResult.extend({ alertsPerDay: share }),
  draft: setResult,
  newlyFlagged: changed,
  noLongerFlagged: changed,
  rules: z.array(z.object({ rule: z.string(), live: z.object({ found: z.number() }) })),
});

type RuleSet = Pick<typeof shipped, 'reviewScore' | 'blockScore'> & { readonly rules: readonly object[] };

/** A file with the shipped set, changed and under another version. */
async function draftFile(pipeline: Pipeline, version: string, changes: Partial<RuleSet> = {}): Promise<string> {
  const file = join(pipeline.stagingDir, `${version}.json`);
  await writeFile(file, JSON.stringify({ ...shipped, version, ...changes }));
  return file;
}

async function backtest(pipeline: Pipeline, file: string, ...more: string[]) {
  const { exitCode, stdout, stderr } = await pipeline.etl(['fraud', 'backtest', '--rules', file, ...more]);
  if (exitCode !== 0) throw new Error(`backtest ended with ${exitCode}:\n${stderr}`);
  return backtestResult.parse(JSON.parse(stdout));
}

const idsOf = ({ examples }: z.output<typeof changed>) => examples.map(({ orderId }) => orderId);
/** Findings by rule. */
function foundBy(rules: readonly { readonly rule: string; readonly found: number }[]) {
  return Object.fromEntries(rules.map(({ rule, found }) => [rule, found]));
}

const noOrders = { count: 0, examples: [] };

test('a draft is held against the live set over what is stored', { timeout: 300_000 }, async () => {
  await using pipeline = await openPipeline();
  const traffic = '--count 12000 --time-span 5h --seed 42'.split(' ');
  expect(await runProducer(traffic, { env: pipeline.env })).toMatchObject({ exitCode: 0 });
  // Five batches: profiles cross them when they load, and the backtest knows of none.
  await pipeline.batch(['run', '--until-empty'], { ETL_BATCH_MAX_MESSAGES: '2500' });
  const evaluated = await pipeline.etl(['fraud', 'evaluate']);
  const measures = z
    .object({
      sets: z.array(z.looseObject({ rules: z.array(z.looseObject({ rule: z.string(), found: z.number() })) })),
    })
    .parse(JSON.parse(evaluated.stdout));
  const { rules, ...measured } = measures.sets[0] ?? { rules: [] };

  const same = await backtest(pipeline, await draftFile(pipeline, 'same'), '--since', '7d');
  expect(same).toMatchObject({ newlyFlagged: noOrders, noLongerFlagged: noOrders, rejudged: 0, remembered: 0 });
  expect(measured).toMatchObject({ ...same.live, sales: same.sales, fraudulent: same.fraudulent });
  expect(same.draft).toMatchObject({ version: 'same', flagged: same.live.flagged, f1: same.live.f1 });
  expect(same.live.recall).toBeGreaterThan(0.5);
  expect(foundBy(same.rules.map(({ rule, live }) => ({ rule, found: live.found })))).toEqual(foundBy(rules));

  const lower = shipped.rules.map((rule) =>
    rule.rule === 'amount_limit' ? { ...rule, parameters: { limit: '400.00' } } : rule,
  );
  const strict = await backtest(pipeline, await draftFile(pipeline, 'strict', { rules: lower }), '--since', '7d');
  const expected = await pipeline.query<{ order_id: string }>(
    'select order_id from transactions where amount_base > 400 and not is_fraud_flagged order by amount_base desc',
  );
  expect(expected.length).toBeGreaterThan(5);
  expect(strict.newlyFlagged.count).toBe(expected.length);
  expect(idsOf(strict.newlyFlagged)).toEqual(expected.slice(0, 5).map((row) => row.order_id));
  expect(strict).toMatchObject({ noLongerFlagged: noOrders, live: same.live });

  // Only the last hours are evaluated, with what came before.
  const since = new Date(Date.now() - 2 * 3_600_000).toISOString();
  const [inSpan] = await pipeline.query(
    `select count(*)::int as sales, count(*) filter (where is_fraud_flagged)::int as flagged,
       count(*) filter (where is_fraud_flagged and not 'amount_limit' = any(fraud_reasons))::int as lost
     from transactions where transaction_timestamp >= $1`,
    [since],
  );
  const amountOnly = await draftFile(pipeline, 'amount-only', {
    rules: shipped.rules.filter(({ rule }) => rule === 'amount_limit'),
  });
  const late = await backtest(pipeline, amountOnly, '--since', since);
  expect(late).toMatchObject({ sales: inSpan?.['sales'], live: { flagged: inSpan?.['flagged'] }, rejudged: 0 });
  expect(late.noLongerFlagged.count).toBe(inSpan?.['lost']);
  expect(late.newlyFlagged).toEqual(noOrders);
  expect(late.remembered).toBeGreaterThan(0);
  const early = await backtest(pipeline, amountOnly, '--since', '7d', '--until', since);
  expect(early).toMatchObject({ sales: same.sales - late.sales, rejudged: 0 });
  expect(early.live.flagged).toBe(same.live.flagged - late.live.flagged);

  const text = async (...args: string[]) => (await runEtl(['fraud', ...args], { env: pipeline.env })).stdout;
  const shown = await text('backtest', '--rules', amountOnly, '--since', since);
  expect(shown).toContain(`${late.sales} sales since ${since.slice(0, 19).replace('T', ' ')} UTC, on `);
  expect(shown).toMatch(new RegExp(`flagged +│ ${late.live.flagged} +│ ${late.draft.flagged} +│ -`));
  expect(shown).toMatch(
    new RegExp(`recall +│ ${late.live.recall?.toFixed(3)} +│ ${late.draft.recall?.toFixed(3)} +│ -0\\.`),
  );
  expect(shown).toContain('newly flagged: 0\nno longer flagged: ');
  for (const id of idsOf(late.noLongerFlagged)) expect(shown).toContain(id);
  const evaluation = await text('evaluate');
  expect(evaluation).toContain(
    `live set ${shipped.version}: ${same.sales} sales, ${same.fraudulent} of them known as fraud`,
  );
  expect(evaluation).toContain(
    `precision ${same.live.precision?.toFixed(3)}, recall ${same.live.recall?.toFixed(3)}, F1 `,
  );
  expect(evaluation).toMatch(/│ card_testing +│ \d+ +│ \d+ +│ [01]\.\d{3} +│ \d+\.\d +│/);
});

test('a customer is on the lists that stood when a sale was loaded', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const sale = async (orderId: string) => {
    await pipeline.publish([aTransaction({ order_id: orderId, customer_id: 'reseller', amount: '1500.00' })]);
    await pipeline.batch(['run']);
  };
  await sale('before');
  expect(await pipeline.etl(['fraud', 'allow', '--customer', 'reseller'])).toMatchObject({ exitCode: 0 });
  await sale('allowed');
  expect(await pipeline.etl(['fraud', 'remove', '1'])).toMatchObject({ exitCode: 0 });
  await sale('after');
  const without = shipped.rules.filter(({ rule }) => rule !== 'allow_list');
  const result = await backtest(pipeline, await draftFile(pipeline, 'no-list', { rules: without }), '--since', '1h');
  expect(result).toMatchObject({ sales: 3, rejudged: 0, live: { flagged: 2 }, draft: { flagged: 3, precision: null } });
  expect(idsOf(result.newlyFlagged)).toEqual(['allowed']);
});

test('a sale that was replayed from quarantine comes when it was loaded, not where its offset stands', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const newcomer = { customer_id: 'newcomer', amount: '600.00' };
  await pipeline.publish([aTransaction({ ...newcomer, order_id: 'quarantined' })]);
  await pipeline.batch(['run'], { ETL_MESSAGE_MAX_BYTES: '10' });
  await pipeline.publish([aTransaction({ ...newcomer, order_id: 'loaded' })]);
  await pipeline.batch(['run']);
  expect(await pipeline.batch(['rejected', 'replay', '--all'])).toMatchObject({ loaded: 1 });
  // To the draft a high first sale is a review.
  const result = await backtest(pipeline, await draftFile(pipeline, 'wary', { reviewScore: 30 }), '--since', '1h');
  expect(result).toMatchObject({ sales: 2, rejudged: 0, live: { flagged: 0 } });
  expect(idsOf(result.newlyFlagged)).toEqual(['loaded']);
});

test('rule sets and lists are shown for people', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const text = async (...args: string[]) => (await runEtl(['fraud', ...args], { env: pipeline.env })).stdout.trimEnd();
  expect(await text('rules', 'list')).toMatch(/│ 2026-\S+ +│ live +│ shipped +│ 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d │/);
  const draft = JSON.stringify({ ...shipped, version: 'draft' }, null, 2);
  const file = join(pipeline.stagingDir, 'draft.json');
  await writeFile(file, draft);
  expect(await text('rules', 'import', file)).toBe('rule set draft stored; no batch uses it');
  // What is shown is a file as people write it.
  expect(JSON.parse(await text('rules', 'show', 'draft'))).toEqual(JSON.parse(draft));
  expect(await text('rules', 'show', 'draft')).toMatch(/^\{\n {2}"version": "draft",\n {2}"description": /);
  expect(await text('rules', 'use', 'draft', '--as', 'shadow')).toBe(
    'rule set draft: it is shadow for batches planned from now on',
  );
  expect(await text('rules', 'list')).toMatch(/│ draft +│ shadow +│ /);
  expect(await text('list')).toBe('no customer stands on a list');
  await text('allow', '--customer', 'cust-42', '--until', '2030-01-01', '--reason', 'known reseller');
  expect(await text('list')).toMatch(/│ 1 +│ allow +│ cust-42 +│ 2030-01-01 00:00:00 +│ known reseller +│ 20/);
});

test('a draft that can not be is refused with its fault and place, and nothing is written', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const refused = async (file: string, fault: string, ...more: string[]) => {
    const args = ['fraud', 'backtest', '--rules', file, '--since', '1d', ...more];
    expect(await pipeline.etl(args)).toMatchObject({ exitCode: 64, stderr: expect.stringContaining(fault) });
  };
  await refused('nowhere.json', 'nowhere.json: ENOENT');
  const [first, ...rest] = shipped.rules;
  await refused(
    await draftFile(pipeline, 'unknown', { rules: [{ ...first, rule: 'astrology' }, ...rest] }),
    'unknown.json: rules.0.rule: astrology is none of',
  );
  const limit = { rule: 'amount_limit', version: 1, weight: 50, parameters: { limit: 'much' } };
  await refused(await draftFile(pipeline, 'much', { rules: [limit] }), 'much.json: rules.0.parameters.limit: ');
  await refused(await draftFile(pipeline, 'low', { reviewScore: 99 }), 'low.json: blockScore: expected no less');
  const torn = join(pipeline.stagingDir, 'torn.json');
  await writeFile(torn, '{\n  "version": "torn",\n  "rules": [}\n}\n');
  await refused(torn, "torn.json: Unexpected token '}'");
  const fine = await draftFile(pipeline, 'fine');
  await refused(fine, '--since lies after --until', '--until', '2d');

  const written = async () =>
    pipeline.query('select r.xmin, r.rule_set_version, s.state_version from fraud_rule_sets r, warehouse_state s');
  const before = await written();
  const nothing = await backtest(pipeline, fine, '--since', '1d');
  expect(nothing).toMatchObject({ sales: 0, live: { version: shipped.version, flagged: 0 } });
  expect(await written()).toEqual(before);
});
