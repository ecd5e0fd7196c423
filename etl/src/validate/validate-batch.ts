import { join } from 'node:path';

import type { RejectReason } from '@pulse/contract';

import { sourcesOf, type Batch } from '../batch/batch.ts';
import { MergedRecords, type SealedFile } from '../batch/merge-records.ts';
import { PartitionCounts } from '../batch/partition-counts.ts';
import { frameSizeAt, frameTimestampAt, readFrame } from '../batch/raw-record.ts';
import { encodeRejected } from '../batch/rejected-record.ts';
import { shareCountOf } from '../batch/shares.ts';
import { StagedFileWriter } from '../batch/staged-file.ts';
import type { StagedStep, StepOutput } from '../batch/staging.ts';
import { copyFiles, marketsFile, recordsFile, type ExtractFacts, type ValidateFacts } from '../batch/step-folders.ts';
import { MarketNumbers, writeMarkets } from '../batch/market-numbers.ts';
import { ValidFilesWriter } from '../batch/valid-files.ts';
import type { Context } from '../context.ts';
import { contentDigest } from './content-hash.ts';
import { validateRecord } from './validate-record.ts';

const progressEvery = 50_000;

/**
 * Splits the extracted records into valid transactions and rejected records, in the order of their Kafka timestamps over all
 * partitions; those of one partition keep its order. Valid transactions go to the file of their customer's share.
 */
export function validateBatch(
  context: Context,
  batch: Batch,
  extracted: StagedStep<ExtractFacts>,
  folder: string,
): StepOutput<ValidateFacts> {
  const shareCount = shareCountOf(extracted.facts.readCount);
  using valid = new ValidFilesWriter(folder, shareCount);
  using rejected = new StagedFileWriter(join(folder, copyFiles.rejectedTransactions));
  const markets = new MarketNumbers();
  const tally = new Tally((done) => context.onProgress('validate', done, extracted.facts.readCount));
  const epochs = new Map(sourcesOf(batch).map(({ partition, epoch }) => [partition, epoch]));
  using frames = new MergedRecords(recordFiles(batch, extracted), { sizeAt: frameSizeAt, keyAt: frameTimestampAt });
  for (let frame = frames.next(); frame !== undefined; frame = frames.next()) {
    const { position: framePosition } = frame;
    const record = readFrame(frame.bytes, frame.at);
    const verdict = validateRecord(record, context.config.rules, batch.plannedAt.getTime());
    const { partition, offset } = record;
    const epoch = epochs.get(partition) ?? 0;
    if (verdict.kind === 'valid') {
      const { sale } = verdict;
      const coordinates = { partition, epoch, offset, framePosition };
      valid.fileOf(sale.customerId).write(sale, contentDigest(sale), markets.numberOf(sale), coordinates);
      tally.countValid(sale.timestampMs);
    } else {
      const coordinates = { batchId: batch.batchId, topic: context.config.kafka.topic, epoch };
      rejected.writeText(encodeRejected({ ...verdict, record, stage: 'validate' }, coordinates));
      tally.countRejected(partition, verdict.errors[0].reason);
    }
  }
  return {
    facts: { shareCount, ...tally.facts() },
    files: {
      ...valid.seal(),
      [marketsFile]: writeMarkets(join(folder, marketsFile), markets.list()),
      [copyFiles.rejectedTransactions]: rejected.seal(),
    },
  };
}

function recordFiles(batch: Batch, { folder, files }: StagedStep<ExtractFacts>): SealedFile[] {
  return sourcesOf(batch).flatMap(({ partition }) => {
    const name = recordsFile(partition);
    const seal = files[name];
    return seal === undefined ? [] : [{ path: join(folder, name), seal }];
  });
}

/** Counts verdicts, and tells of them now and then. */
class Tally {
  readonly #onProgress: (done: number) => void;
  #validCount = 0;
  readonly #rejected = new PartitionCounts();
  readonly #reasons: Partial<Record<RejectReason, number>> = {};
  #oldestMs = Infinity;
  #newestMs = -Infinity;

  constructor(onProgress: (done: number) => void) {
    this.#onProgress = onProgress;
  }

  countValid(timestampMs: number): void {
    this.#validCount += 1;
    if (timestampMs < this.#oldestMs) this.#oldestMs = timestampMs;
    if (timestampMs > this.#newestMs) this.#newestMs = timestampMs;
    this.#report();
  }

  countRejected(partition: number, reason: RejectReason): void {
    this.#rejected.add(partition);
    this.#reasons[reason] = (this.#reasons[reason] ?? 0) + 1;
    this.#report();
  }

  facts(): Omit<ValidateFacts, 'shareCount'> {
    const isEmpty = this.#validCount === 0;
    return {
      validCount: this.#validCount,
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
