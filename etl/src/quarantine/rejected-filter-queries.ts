import { rejectedTransactions } from '@pulse/migrations/schema';
import { and, eq, gte, inArray, lt, sql, type SQL } from 'drizzle-orm';

/** Which rejected records are meant; every part narrows. */
export interface RejectedFilter {
  readonly rejectedIds?: readonly number[] | undefined;
  readonly status?: 'open' | 'replayed' | 'discarded' | undefined;
  readonly reasons?: readonly string[] | undefined;
  /** Rejected at this time or later. */
  readonly since?: Date | undefined;
  /** Rejected before this time. */
  readonly until?: Date | undefined;
  readonly topic?: string | undefined;
  readonly partition?: number | undefined;
  readonly offset?: bigint | undefined;
  readonly orderId?: string | undefined;
  /** The batch that read the record. */
  readonly batchId?: string | undefined;
}

/** The filter as a condition on `rejected_transactions`. */
export function matches(filter: RejectedFilter): SQL {
  const { rejectedIds, reasons, since, until } = filter;
  const t = rejectedTransactions;
  const condition = and(
    rejectedIds === undefined ? undefined : inArray(t.rejectedId, [...rejectedIds]),
    filter.status === undefined ? undefined : eq(t.status, filter.status),
    reasons === undefined ? undefined : inArray(t.reasonCode, [...reasons]),
    since === undefined ? undefined : gte(t.rejectedAt, since),
    until === undefined ? undefined : lt(t.rejectedAt, until),
    filter.topic === undefined ? undefined : eq(t.topic, filter.topic),
    filter.partition === undefined ? undefined : eq(t.partition, filter.partition),
    filter.offset === undefined ? undefined : eq(t.offset, filter.offset),
    filter.orderId === undefined ? undefined : eq(t.orderId, filter.orderId),
    filter.batchId === undefined ? undefined : eq(t.batchId, filter.batchId),
  );
  return condition ?? sql`true`;
}
