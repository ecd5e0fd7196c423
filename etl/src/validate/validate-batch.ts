import { join } from 'node:path';

import type { RejectReason } from '@pulse/contract';

import { sourcesOf, type Batch } from '../batch/batch.ts';
import { PartitionCounts } from '../batch/partition-counts.ts';
import { frameSizeAt, readFrame } from '../staging/record-frames.ts';
import { RecordReader } from '../staging/staged-records.ts';
import { encodeRejected } from '../streams/rejected-record.ts';
import { chunkCountOf } from '../batch/chunks.ts';
import { StagedFileWriter } from '../staging/staged-file.ts';
import type { StagedStep, StepOutput } from '../staging/staging.ts';
import { copyFiles, marketsFile, recordsFile, type ExtractFacts, type ValidateFacts } from '../batch/step-folders.ts';
import { MarketNumbers, writeMarkets } from '../streams/transactions/market-numbers.ts';
import type { StreamRecord } from '../streams/stream.ts';
import { transactionStream } from '../streams/transactions/transactions.ts';
import { ValidFilesWriter } from '../streams/valid-files.ts';
import { validateRecord } from '../streams/validate-record.ts';
import type { Context } from '../program/context.ts';
import { isKeyOf } from './is-key-of.ts';

const progressEvery = 50_000;

/**
 * Splits the extracted records into valid transactions and rejected records, partition by partition, in order. Valid ones go
 * to the file of their customer's chunk.
 */
export function validateBatch(
  context: Context,
  batch: Batch,
  extracted: StagedStep<ExtractFacts>,
  folder: string,
): StepOutput<ValidateFacts> {
  const chunkCount = chunkCountOf(extracted.facts.readCount);
  using valid = new ValidFilesWriter(folder, chunkCount, transactionStream.stagedColumns);
  using rejected = new StagedFileWriter(join(folder, copyFiles.rejectedTransactions));
  const markets = new MarketNumbers();
  const tally = new Tally((done) => context.onProgress('validate', done, extracted.facts.readCount));
  for (const { partition, epoch } of sourcesOf(batch)) {
    const checksum = extracted.files[recordsFile(partition)];
    if (checksum === undefined) continue;
    const coordinates = { batchId: batch.batchId, topic: batch.topic, epoch };
    using frames = new RecordReader({ path: join(extracted.folder, recordsFile(partition)), checksum }, frameSizeAt);
    while (frames.next()) {
      const raw = readFrame(frames.bytes, frames.at);
      const result = validateRecord(transactionStream, raw, context.config.rules, batch.plannedAt.getTime());
      if (result.kind === 'valid') {
        const { record } = result;
        const staged = {
          record,
          contentDigest: transactionStream.contentDigest(record),
          coordinates: {
            partition,
            epoch,
            offset: raw.offset,
            recordMs: raw.timestampMs,
            framePosition: frames.position,
          },
        };
        valid.write(staged, markets.numberOf(record));
        tally.countValid(record, raw.key);
      } else {
        rejected.writeText(encodeRejected({ ...result, record: raw, stage: 'validate' }, coordinates));
        tally.countRejected(partition, result.errors[0].reason);
      }
    }
  }
  return {
    facts: { chunkCount, scatteredChunks: valid.scatteredChunks(), ...tally.facts() },
    files: {
      ...valid.finish(),
      [marketsFile]: writeMarkets(join(folder, marketsFile), markets),
      [copyFiles.rejectedTransactions]: rejected.finish(),
    },
  };
}

/** Counts results, and reports how many there are now and then. */
class Tally {
  readonly #onProgress: (done: number) => void;
  #validCount = 0;
  #otherKeyCount = 0;
  #noKeyCount = 0;
  readonly #rejected = new PartitionCounts();
  readonly #reasons: Partial<Record<RejectReason, number>> = {};
  #oldestMs = Infinity;
  #newestMs = -Infinity;

  constructor(onProgress: (done: number) => void) {
    this.#onProgress = onProgress;
  }

  countValid({ timestamp, customerId }: StreamRecord, key: Buffer | null): void {
    this.#validCount += 1;
    if (key === null) this.#noKeyCount += 1;
    if (key === null || !isKeyOf(customerId, key)) this.#otherKeyCount += 1;
    const { epochMs } = timestamp;
    if (epochMs < this.#oldestMs) this.#oldestMs = epochMs;
    if (epochMs > this.#newestMs) this.#newestMs = epochMs;
    this.#report();
  }

  countRejected(partition: number, reason: RejectReason): void {
    this.#rejected.add(partition);
    this.#reasons[reason] = (this.#reasons[reason] ?? 0) + 1;
    this.#report();
  }

  facts(): Omit<ValidateFacts, 'chunkCount' | 'scatteredChunks'> {
    const isEmpty = this.#validCount === 0;
    return {
      validCount: this.#validCount,
      otherKeyCount: this.#otherKeyCount,
      noKeyCount: this.#noKeyCount,
      rejectedCount: this.#rejected.total,
      rejectedByPartition: this.#rejected.list(),
      reasons: { ...this.#reasons },
      oldestTransactionMs: isEmpty ? null : this.#oldestMs,
      newestTransactionMs: isEmpty ? null : this.#newestMs,
    };
  }

  #report(): void {
    const done = this.#validCount + this.#rejected.total;
    if (done % progressEvery === 0) this.#onProgress(done);
  }
}
