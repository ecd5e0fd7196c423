import { rmSync } from 'node:fs';
import { join } from 'node:path';

import type { Batch, RefusedOrders } from '../batch/batch.ts';
import type { StepOutput } from '../staging/staging.ts';
import type { TransformFacts } from '../batch/step-folders.ts';
import type { Context } from '../program/context.ts';
import { UsageError } from '../failures/errors.ts';
import { Customers } from '../fraud/customers.ts';
import { FraudEvaluator } from '../fraud/fraud-evaluator.ts';
import { parseRuleSet, prepareRuleSet, type PreparedRuleSet } from '../fraud/rule-set.ts';
import { knownOrdersOf } from './known-orders.ts';
import { readGroups } from './read-groups.ts';
import { readPricingRules } from '../pricing/read-pricing-rules.ts';
import { withTransformSnapshot, type TransformSnapshot } from './transform-snapshot-queries.ts';
import { Transformation, type FirstRecords, type Settled, type TransformInput } from './transformation.ts';

/**
 * Makes warehouse rows, alerts and roll-up deltas of a batch's valid transactions, and settles which of them are
 * duplicates or conflicts, by what the snapshot shows as loaded. Of an order id that several customers have in the batch the
 * earliest record counts. Only the end shows whether another one was taken before it; then all is made again, knowing it.
 * @returns undefined where another batch has loaded these records.
 */
export async function transformBatch(
  context: Context,
  batch: Batch,
  input: TransformInput,
  refused: RefusedOrders,
  folder: string,
): Promise<StepOutput<TransformFacts> | undefined> {
  return withTransformSnapshot(context.warehouse, batch, async (snapshot) =>
    transformOverSnapshot(context, batch, input, snapshot, refused, folder),
  );
}

async function transformOverSnapshot(
  context: Context,
  batch: Batch,
  input: TransformInput,
  snapshot: TransformSnapshot,
  refused: RefusedOrders,
  folder: string,
): Promise<StepOutput<TransformFacts>> {
  const first = await transformOnce(context, batch, input, snapshot, { refused, firstRecords: new Map() }, folder);
  if (first.overtaken.size === 0) return first.output;
  for (const name of Object.keys(first.output.files)) rmSync(join(folder, name));
  const settled = { refused, firstRecords: first.overtaken };
  const second = await transformOnce(context, batch, input, snapshot, settled, folder);
  if (second.overtaken.size > 0) throw new Error('the earliest records of some orders could not be settled');
  return second.output;
}

async function transformOnce(
  context: Context,
  batch: Batch,
  input: TransformInput,
  snapshot: TransformSnapshot,
  settled: Settled,
  folder: string,
): Promise<{ readonly output: StepOutput<TransformFacts>; readonly overtaken: FirstRecords }> {
  const { oldestTransactionMs, newestTransactionMs } = input.validated.facts;
  const span = { firstMs: oldestTransactionMs ?? 0, lastMs: newestTransactionMs ?? 0 };
  const pricing = await readPricingRules(snapshot, context.config.rules, span, batch.plannedAt);
  const customers = new Customers(await snapshot.listEntries());
  const live = await readRuleSet(snapshot, batch.ruleSetVersion);
  const shadow =
    batch.shadowRuleSetVersion === null ? undefined : await readRuleSet(snapshot, batch.shadowRuleSetVersion);
  const fraud = { customers, evaluator: new FraudEvaluator(live, shadow) };
  using transformation = new Transformation(context, batch, input, pricing, fraud, settled, folder);
  const knownOrders = await knownOrdersOf(snapshot);
  for (const [chunk, file] of transformation.chunks.entries()) {
    await transformation.takeChunk(
      chunk,
      readGroups(transformation.readChunk(chunk, file), customers, knownOrders, snapshot, pricing),
    );
  }
  const output = transformation.finish(String(snapshot.stateVersion));
  return { output, overtaken: transformation.overtaken };
}

async function readRuleSet(snapshot: TransformSnapshot, version: string): Promise<PreparedRuleSet> {
  const definition = await snapshot.ruleSet(version);
  if (definition === undefined) {
    throw new UsageError(`the batch was planned with rule set ${version}, which is not in fraud_rule_sets: import it`);
  }
  return prepareRuleSet(parseRuleSet(definition), snapshot.baseCurrency);
}
