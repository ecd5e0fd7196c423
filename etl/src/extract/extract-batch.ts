import { join } from 'node:path';

import { allOrNone } from './all-or-none.ts';
import { plannedCount, type Batch } from '../batch/batch.ts';
import type { PlannedRange } from '../batch/plan-ranges.ts';
import type { RawRecord } from '../kafka/raw-record.ts';
import { StagedFileWriter, type FileChecksum } from '../staging/staged-file.ts';
import type { StepOutput } from '../staging/staging.ts';
import { recordsFile, type Anchor, type ExtractFacts, type ReadRangeFacts } from '../batch/step-folders.ts';
import { writeRecord } from '../staging/record-frames.ts';
import { requireKnownCluster } from '../program/known-cluster.ts';
import { anchorOf } from './anchor.ts';
import { checkAnchors } from './check-anchors.ts';
import { extractClaims } from './extract-claims.ts';
import type { Context } from '../program/context.ts';
import { isGivenUp } from '../warehouse/given-up-batches.ts';

interface ExtractedRange {
  readonly facts: ReadRangeFacts;
  readonly checksum: FileChecksum;
}

/** Writes a batch's records, as they come, into one file of frames for each partition: from Kafka, a replay's from quarantine. */
export async function extractBatch(context: Context, batch: Batch, folder: string): Promise<StepOutput<ExtractFacts>> {
  if (batch.claims !== null) return extractClaims(context, batch, folder);
  await requireKnownCluster(context);
  await checkAnchors(context, batch);
  return extractRanges(context, batch, folder);
}

/** All partitions at once. */
async function extractRanges(context: Context, batch: Batch, folder: string): Promise<StepOutput<ExtractFacts>> {
  const total = plannedCount(batch);
  let done = 0;
  const ranges = batch.ranges.filter(({ fromOffset, nextOffset }) => fromOffset < nextOffset);
  const onRead = (count: number): void => {
    done += count;
    context.onProgress('extract', done, total);
  };
  const extracted = await allOrNone(ranges, async (range, signal) =>
    extractRange(context, range, join(folder, recordsFile(range.partition)), onRead, signal),
  );
  const facts = extracted.map((range) => range.facts);
  return {
    facts: { readCount: facts.reduce((sum, { readCount }) => sum + readCount, 0), ranges: facts },
    files: Object.fromEntries(extracted.map((range) => [recordsFile(range.facts.partition), range.checksum])),
  };
}

async function extractRange(
  context: Context,
  range: PlannedRange,
  path: string,
  onRead: (count: number) => void,
  signal: AbortSignal,
): Promise<ExtractedRange> {
  const source = await context.kafka();
  const { partition, epoch } = range;
  const fromOffset = Number(range.fromOffset);
  const nextOffset = Number(range.nextOffset);
  using file = new StagedFileWriter(path);
  let readCount = 0;
  let anchor: Anchor | null = null;
  const take = (records: readonly RawRecord[]): void => {
    for (const record of records) writeRecord(file, record);
    readCount += records.length;
    const last = records.at(-1);
    if (last !== undefined) anchor = anchorOf(last);
    onRead(records.length);
  };
  const passedOver = await source.readRange(
    { partition, epoch, fromOffset, nextOffset },
    take,
    signal,
    async (unreadable) => isGivenUp(context.warehouse.db, source.topic, unreadable),
  );
  const holeCount = nextOffset - fromOffset - readCount;
  const compactedCount = holeCount - passedOver;
  return { facts: { partition, readCount, holeCount, compactedCount, anchor }, checksum: file.finish() };
}
