import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { encodeTransaction } from '@pulse/contract';
import { createLogger } from '@pulse/runtime';

import type { Batch } from './batch/batch.ts';
import type { RawRecord } from './batch/raw-record.ts';
import { StagedFileWriter } from './batch/staged-file.ts';
import type { StagedStep } from './batch/staging.ts';
import {
  extractFolder,
  recordsFile,
  transformFolder,
  validateFolder,
  type ExtractFacts,
} from './batch/step-folders.ts';
import { writeRecord } from './batch/write-record.ts';
import { createConfig } from './config.ts';
import { createContext, type Context } from './context.ts';
import { shippedRuleSet } from './fraud/shipped-rule-set.ts';
import { publishDeadLetters } from './load/publish-dead-letters.ts';
import { transformBatch } from './transform/transform-batch.ts';
import type { TransformSnapshot } from './transform/transform-snapshot.ts';
import { validateBatch } from './validate/validate-batch.ts';
import { findBatch, recordAttempt, recordDuration } from './warehouse/batch-ledger.ts';
import { openEmptyWarehouse } from './warehouse/empty-warehouse.ts';
import { positionsStandAt } from './warehouse/lookups.ts';

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
      validFrom: '2000-01-01',
      validTo: null,
    },
  ],
  exchangeRates: async () => [],
};

/**
 * Takes two records through validate and transform, without Kafka and without a database, asks a warehouse that is empty what
 * every step asks, and leaves nothing behind: all of that has been run once. Nothing random may be asked for here, for what a snapshot remembers of it all programs would share.
 */
export async function rehearse(): Promise<void> {
  const logger = await createLogger({ name: 'etl', level: 'silent', format: 'json' });
  await using warehouse = await openEmptyWarehouse();
  await using context = createContext(createConfig({}), logger, warehouse);
  const folder = mkdtempSync(join(tmpdir(), 'rehearsal-'));
  try {
    await rehearseBatch(context, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function rehearseBatch(context: Context, folder: string): Promise<void> {
  const { db } = context.warehouse;
  await findBatch(db, batch.batchId);
  await positionsStandAt(db, context.config.kafka.topic, batch.ranges);
  await recordAttempt(db, batch.batchId);
  await recordDuration(db, batch.batchId, 'extract', 0);
  const extracted = stageRecords(join(folder, extractFolder.name));
  const validated = await staged(folder, validateFolder.name, async (at) =>
    validateBatch(context, batch, extracted, at),
  );
  await staged(folder, transformFolder.name, async (at) =>
    transformBatch(context, batch, { extracted, validated }, snapshot, new Map(), at),
  );
  await publishDeadLetters(context);
}

function stageRecords(folder: string): StagedStep<ExtractFacts> {
  mkdirSync(folder);
  using file = new StagedFileWriter(join(folder, recordsFile(0)));
  for (const [offset, value] of values.entries()) writeRecord(file, recordOf(offset, value));
  const range = { partition: 0, readCount: values.length, holeCount: 0, anchor: null };
  const facts = { readCount: values.length, ranges: [range] };
  return { folder, facts, files: { [recordsFile(0)]: file.seal() } };
}

function recordOf(offset: number, value: string): RawRecord {
  return { partition: 0, offset, timestampMs: plannedAt.getTime(), key: null, value: Buffer.from(value) };
}

async function staged<Output>(folder: string, name: string, write: (at: string) => Promise<Output>) {
  const at = join(folder, name);
  mkdirSync(at);
  return { folder: at, ...(await write(at)) };
}
