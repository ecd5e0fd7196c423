import type { Context } from '../program/context.ts';
import type { RejectedFilter } from './rejected-filter-queries.ts';
import { countRejected, listRejected } from './rejected-queries.ts';
import { jsonLine } from '../program/json-line.ts';
import { table } from '../program/table.ts';

/** Rejected records and the counts of their reasons, for a terminal or as one line of JSON. */
export async function listText(
  { warehouse }: Context,
  filter: RejectedFilter,
  countMax: number,
  json: boolean,
): Promise<string> {
  const reasons = await countRejected(warehouse.db, filter);
  const records = await listRejected(warehouse.db, filter, countMax);
  const total = reasons.reduce((sum, { count }) => sum + count, 0);
  if (json) return jsonLine({ total, reasons, records });
  if (total === 0) return 'no rejected record matches';
  return [
    table(
      ['reason', 'status', 'records', 'first', 'last'],
      reasons.map((r) => [r.reasonCode, r.status, r.count, r.firstAt, r.lastAt]),
    ),
    table(
      ['id', 'rejected at', 'reason', 'stage', 'status', 'topic', 'partition', 'offset', 'order id', 'batch'],
      records.map((r) => [
        r.rejectedId,
        r.rejectedAt,
        r.reasonCode,
        r.stage,
        r.status,
        r.topic,
        r.partition,
        r.offset,
        r.orderId,
        r.batchId,
      ]),
    ),
    `${records.length} of ${total} shown; etl rejected show ID has the bytes and every finding`,
  ].join('\n');
}
