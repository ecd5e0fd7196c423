import type { FieldError } from '@pulse/contract';

import { copyBytes, copyJson, copyNull, copyText } from '../copy-format/copy-text.ts';
import type { RawRecord } from '../kafka/raw-record.ts';
import { column, nullable, type Sink } from './sink.ts';

/** A record that goes to quarantine, and why. */
export interface RejectedRecord {
  readonly record: RawRecord;
  readonly stage: 'validate' | 'transform' | 'load';
  /** Where it could be read. */
  readonly orderId: string | null;
  readonly errors: readonly [FieldError, ...FieldError[]];
}

/** The quarantine. */
export const rejects: Sink = {
  table: 'rejected_transactions',
  columns: [
    column('batch_id', 'text'),
    column('topic', 'text'),
    column('epoch', 'integer'),
    column('partition', 'integer'),
    column('offset', 'bigint'),
    column('kafka_timestamp', 'timestamp with time zone'),
    nullable('raw_key', 'bytea'),
    nullable('raw_value', 'bytea'),
    nullable('order_id', 'text'),
    column('stage', 'text'),
    column('reason_code', 'text'),
    column('errors', 'jsonb'),
  ],
  format: 'text',
};

/** A rejected record as a line in COPY text format: the columns of `rejects`. The first error names the reason. */
export function encodeRejected(
  rejected: RejectedRecord,
  batch: { readonly batchId: string; readonly topic: string; readonly epoch: number },
): string {
  const { record, stage, orderId, errors } = rejected;
  const fields = [
    copyText(batch.batchId),
    copyText(batch.topic),
    batch.epoch,
    record.partition,
    record.offset,
    new Date(record.timestampMs).toISOString(),
    copyBytes(record.key),
    copyBytes(record.value),
    orderId === null ? copyNull : copyText(orderId),
    stage,
    errors[0].reason,
    copyJson(errors),
  ];
  return `${fields.join('\t')}\n`;
}
