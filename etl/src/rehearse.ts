import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeTransaction } from '@pulse/contract';
import { createLogger } from '@pulse/runtime';

import type { Batch } from './batch/batch.ts';
import type { RawRecord } from './kafka/raw-record.ts';
import { StagedFileWriter } from './staging/staged-file.ts';
import type { BatchStaging, StagedStep, StepFolder, StepOutput } from './staging/staging.ts';
import {
  extractFolder,
  recordsFile,
  transformFolder,
  validateFolder,
  type ExtractFacts,
} from './batch/step-folders.ts';
import { writeRecord } from './staging/write-record.ts';
import { createConfig } from './settings/config.ts';
import { createContext, type Context } from './program/context.ts';
import { anchorOf } from './extract/anchor.ts';
import { shippedRuleSet } from './fraud/shipped-rule-set.ts';
import { publishDeadLetters } from './dead-letters/publish-dead-letters.ts';
import { transformOverSnapshot } from './transform/transform-batch.ts';
import type { TransformSnapshot } from './transform/transform-snapshot-queries.ts';
import { validateBatch } from './validate/validate-batch.ts';
import { findBatch, recordAttempt } from './warehouse/batch-ledger.ts';
import { openEmptyWarehouse } from './warehouse/empty-warehouse.ts';
import { positionsStandAt } from './warehouse/positions.ts';

const plannedAt = new Date(Date.UTC(2026, 0));
const sale = {
  order_id: '019b0000-0000-7000-8000-000000000000',
  amount: '1500.00',
  currency: 'USD',
  timestamp: plannedAt.toISOString(),
  customer_id: 'customer',
  product_category: 'toys',
  country: 'US',
  schema_version: 1 as const,
};
/** One that is loaded, one that is rejected. */
const values = [encodeTransaction(sale), '{}'];

const batch: Batch = {
  batchId: 'rehearsal',
  kind: 'manual',
  topic: 'transactions',
  state: 'planned',
  plannedAt,
  ruleSetVersion: shippedRuleSet.version,
  shadowRuleSetVersion: null,
  ranges: [
    { partition: 0, epoch: 0, fromOffset: 0n, nextOffset: BigInt(values.length), endOffset: BigInt(values.length) },
  ],
  claims: null,
  counts: { readCount: null, loadedCount: null, duplicateCount: null, rejectedCount: null, flaggedCount: null },
};

const snapshot: TransformSnapshot = {
  stateVersion: 0n,
  baseCurrency: 'USD',
  greatestOrderId: async () => null,
  knownOrders: async () => new Map(),
  customerProfiles: async () => [],
  listEntries: async () => [],
  ruleSet: async () => shippedRuleSet,
  taxRates: async () => [
    {
      country: 'US',
      region: '*',
      productCategory: '*',
      rate: '0.085',
      isInclusive: false,
      roundingMode: 'half_up',
      roundingIncrementMinor: 1,
      isVerified: true,
      validFrom: '2000-01-01',
      validTo: null,
    },
  ],
  exchangeRates: async () => [],
};

/**
 * Takes two records through validate and transform, without Kafka and without a database, asks a warehouse that is empty what
 * every step asks, and leaves nothing behind: all of that has been run once. Of nothing random may more be asked for than is
 * used at once, for what a snapshot remembers of it all programs would share.
 */
export async function rehearse(): Promise<void> {
  const logger = await createLogger({ name: 'etl', level: 'silent', format: 'json' });
  await using warehouse = await openEmptyWarehouse();
  const folder = mkdtempSync(join(tmpdir(), 'rehearsal-'));
  await using context = createContext(createConfig({ ETL_STAGING_DIR: folder }), logger, warehouse);
  try {
    await rehearseBatch(context);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function rehearseBatch(context: Context): Promise<void> {
  const { db } = context.warehouse;
  await findBatch(db, batch.batchId);
  await positionsStandAt(db, batch.topic, batch.ranges);
  await recordAttempt(db, batch.batchId);
  const staging = context.staging(batch);
  const extracted = await staged(staging, extractFolder, stageRecords);
  const validated = await staged(staging, validateFolder, async (at) => validateBatch(context, batch, extracted, at));
  await staged(staging, transformFolder, async (at) =>
    transformOverSnapshot(context, batch, { extracted, validated }, snapshot, new Map(), at),
  );
  staging.remove();
  await publishDeadLetters(context);
}

/** Leaves a step's files, and finds them as the next one does. */
async function staged<Facts>(
  staging: BatchStaging,
  step: StepFolder<Facts>,
  write: (folder: string) => StepOutput<Facts> | Promise<StepOutput<Facts>>,
): Promise<StagedStep<Facts>> {
  const left = await staging.publish(step, write);
  return staging.find(step) ?? left;
}

function stageRecords(folder: string): StepOutput<ExtractFacts> {
  using file = new StagedFileWriter(join(folder, recordsFile(0)));
  const records = values.map((value, offset) => recordOf(offset, value));
  for (const record of records) writeRecord(file, record);
  const [last] = records;
  const anchor = last === undefined ? null : anchorOf(last);
  const facts = {
    readCount: records.length,
    ranges: [{ partition: 0, readCount: records.length, holeCount: 0, compactedCount: 0, anchor }],
  };
  return { facts, files: { [recordsFile(0)]: file.seal() } };
}

function recordOf(offset: number, value: string): RawRecord {
  return { partition: 0, offset, timestampMs: plannedAt.getTime(), key: null, value: Buffer.from(value) };
}
