import { join } from 'node:path';

import { plannedCount, type Batch } from '../batch/batch.ts';
import { StagedFileWriter, type FileChecksum } from '../staging/staged-file.ts';
import type { StepOutput } from '../staging/staging.ts';
import { recordsFile, type ExtractFacts, type ReadRangeFacts } from '../batch/step-folders.ts';
import { writeRecord } from '../staging/record-frames.ts';
import type { Context } from '../program/context.ts';
import { claimedBy, readRejectedRecords } from '../warehouse/replay-claims.ts';

/** Reads the records that a replay has claimed from quarantine into files of frames, as if they came from Kafka. */
export async function extractClaims(
  context: Context,
  batch: Batch,
  folder: string,
  condition = claimedBy(context.warehouse.db, batch.batchId),
): Promise<StepOutput<ExtractFacts>> {
  const total = plannedCount(batch);
  let done = 0;
  const ranges: ReadRangeFacts[] = [];
  const files: Record<string, FileChecksum> = {};
  using stack = new DisposableStack();
  const writers = new Map<number, { readonly file: StagedFileWriter; count: number }>();
  for await (const records of readRejectedRecords(context.warehouse.db, condition)) {
    for (const record of records) {
      const { partition } = record;
      let writer = writers.get(partition);
      if (writer === undefined) {
        writer = { file: stack.use(new StagedFileWriter(join(folder, recordsFile(partition)))), count: 0 };
        writers.set(partition, writer);
      }
      writeRecord(writer.file, record);
      writer.count += 1;
    }
    done += records.length;
    context.onProgress('extract', done, total);
  }
  for (const [partition, { file, count }] of writers) {
    ranges.push({ partition, readCount: count, holeCount: 0, compactedCount: 0, anchor: null });
    files[recordsFile(partition)] = file.finish();
  }
  return { facts: { readCount: done, ranges }, files };
}
