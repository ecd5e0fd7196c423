import { isUtf8 } from 'node:buffer';

import type { Context } from '../program/context.ts';
import { UsageError } from '../failures/errors.ts';
import { findRejected, type RejectDetail } from './rejected-queries.ts';
import { jsonLine } from '../program/json-line.ts';
import { table, timeText } from '../program/table.ts';

/** One rejected record with everything known of it. @throws UsageError when there is none of this number. */
export async function showText({ warehouse }: Context, rejectedId: number, json: boolean): Promise<string> {
  const detail = await findRejected(warehouse.db, rejectedId);
  if (detail === undefined) throw new UsageError(`there is no rejected record ${rejectedId}: see etl rejected list`);
  return json ? jsonLine(detail) : describe(detail);
}

function describe({ record: r, replays }: RejectDetail): string {
  const parts = [
    `rejected record ${r.rejectedId}: ${r.topic} partition ${r.partition}, offset ${r.offset} (epoch ${r.epoch})`,
    `batch ${r.batchId}, ${r.stage} step, ${timeText(r.rejectedAt)}; record time ${timeText(r.kafkaTimestamp)}`,
    statusLine(r),
    `order id: ${r.orderId ?? 'could not be read'}`,
    table(
      ['field', 'reason', 'finding'],
      r.errors.map(({ field, reason, message }) => [field === '' ? '(record)' : field, reason, message]),
    ),
  ];
  if (replays.length > 0) {
    parts.push(
      table(
        ['replay', 'reason then', 'outcome'],
        replays.map(({ batchId, reasonCode, outcome }) => [batchId, reasonCode, outcome ?? 'not loaded']),
      ),
    );
  }
  const removed = r.rawRemovedAt === null ? undefined : `removed ${timeText(r.rawRemovedAt)}`;
  parts.push(`key:   ${removed ?? bytesText(r.rawKey)}`, `value: ${removed ?? bytesText(r.rawValue)}`);
  return parts.join('\n');
}

function statusLine({ status, statusChangedAt, statusChangedBy, statusBatchId, statusReason }: RejectDetail['record']) {
  if (statusChangedAt === null) return `status: ${status}`;
  const by = statusChangedBy === null ? '' : ` by ${statusChangedBy}`;
  const batch = statusBatchId === null ? '' : `, batch ${statusBatchId}`;
  const reason = statusReason === null ? '' : `: ${statusReason}`;
  return `status: ${status} ${timeText(statusChangedAt)}${by}${batch}${reason}`;
}

const shownMax = 4096;

/** Bytes as text where they are UTF-8, with control characters spelt out, so that they can not play with a terminal. */
function bytesText(bytes: Buffer | null): string {
  if (bytes === null) return '(none)';
  const shown = bytes.subarray(0, shownMax);
  const rest = bytes.length > shownMax ? ` … ${bytes.length} bytes in all` : '';
  if (!isUtf8(bytes)) return `\\x${shown.toString('hex')}${rest}`;
  const text = shown.toString('utf8');
  return `${text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)}${rest}`;
}
