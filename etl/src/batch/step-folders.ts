import * as z from 'zod';

import { stepFolder } from '../staging/staging.ts';

const count = z.number().int().min(0);
const offset = z.number().int().min(0);

const anchor = z.object({ offset, timestampMs: z.number(), keyHash: z.string() });

/** The last record that was read of a partition: proof, later, that the log is still the same one. */
export type Anchor = z.output<typeof anchor>;

const readRangeFacts = z.object({
  partition: count,
  readCount: count,
  /** Offsets of the range that hold no record for a committed reader. */
  holeCount: count,
  /** Those of them whose record compaction has removed. */
  compactedCount: count,
  anchor: anchor.nullable(),
});

export type ReadRangeFacts = z.output<typeof readRangeFacts>;

const extractFacts = z.object({ readCount: count, ranges: z.array(readRangeFacts) });
export type ExtractFacts = z.output<typeof extractFacts>;

/** Where the records of a count stood. */
const partitionCount = z.object({ partition: count, count });
export type PartitionCount = z.output<typeof partitionCount>;

const validateFacts = z.object({
  /** How many chunks the valid transactions are in: see `chunkOf`. */
  chunkCount: z.number().int().min(1),
  /** Those in which a customer may have records of several partitions. */
  scatteredChunks: z.array(count),
  validCount: count,
  /** Valid records whose key in Kafka is not their customer's id, and those of them that have none. */
  otherKeyCount: count,
  noKeyCount: count,
  rejectedCount: count,
  rejectedByPartition: z.array(partitionCount),
  /** Rejected records by the reason that counts for them. */
  reasons: z.record(z.string(), count),
  /** When the oldest and the newest valid transaction took place; null where none is valid. */
  oldestTransactionMs: z.number().nullable(),
  newestTransactionMs: z.number().nullable(),
});
export type ValidateFacts = z.output<typeof validateFacts>;

const transformFacts = z.object({
  /** How many files of transactions there are: one of each chunk. */
  chunkCount: z.number().int().min(1),
  /** The warehouse's state version whose duplicates and profiles these rows were made with. */
  stateVersion: z.string(),
  loadedCount: count,
  duplicateCount: count,
  /** Records rejected here, on top of those that validation rejected. */
  rejectedCount: count,
  loadedByPartition: z.array(partitionCount),
  duplicateByPartition: z.array(partitionCount),
  rejectedByPartition: z.array(partitionCount),
  reasons: z.record(z.string(), count),
  flaggedCount: count,
  /** Customers who had records in several partitions. */
  scatteredCustomerCount: count,
  /** When the newest of the loaded transactions took place; null where none is loaded. */
  newestLoadedMs: z.number().nullable(),
});
export type TransformFacts = z.output<typeof transformFacts>;

export const extractFolder = stepFolder('extract', extractFacts);
export const validateFolder = stepFolder('validate', validateFacts);
export const transformFolder = stepFolder('transform', transformFacts);

/** The file of one partition's records, in frames. */
export const recordsFile = (partition: number): string => `records-${partition}.bin`;

/** The valid transactions of one chunk: see `ValidFileWriter`. */
export const validFile = (chunk: number): string => `valid-${chunk}.bin`;

/** Their markets: see `writeMarkets`. */
export const marketsFile = 'markets.tsv';

/** The rows of one chunk's transactions, in COPY's binary format. */
export const transactionsFile = (chunk: number): string => `transactions-${chunk}.copy`;

/** Rows of other tables, named after them, in PostgreSQL's COPY formats: rejected records as text, the others binary. */
export const copyFiles = {
  rejectedTransactions: 'rejected_transactions.copy',
  fraudAlerts: 'fraud_alerts.copy',
  fraudShadowVerdicts: 'fraud_shadow_verdicts.copy',
  duplicateRecords: 'duplicate_records.copy',
} as const;

/** What a batch adds to the roll-ups, and its customers' profiles as they are then: one JSON array of column values a line. */
export const deltaFiles = {
  salesPerMinute: 'sales_per_minute.jsonl',
  customerDays: 'customer_days.jsonl',
  customerProfiles: 'customer_profiles.jsonl',
} as const;
