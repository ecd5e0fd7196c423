import { etlIncidents } from '@pulse/migrations/schema';
import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm';

import type { Queryable } from './connection.ts';

/** The kinds of incidents that are about one record batch. Accepting its loss leaves the position where it is. */
const batchKinds: readonly string[] = ['unknown_codec', 'unreadable_batch'];

export function isAboutRecordBatch({ kind }: { readonly kind: string }): boolean {
  return batchKinds.includes(kind);
}

/** Whether the loss of a record batch was accepted that can not be read. */
export async function isGivenUp(
  db: Queryable,
  topic: string,
  batch: {
    readonly partition: number;
    readonly epoch: number;
    readonly fromOffset: number;
    readonly nextOffset: number;
  },
): Promise<boolean> {
  const { partition, epoch, fromOffset, nextOffset } = batch;
  const range = { partition, epoch, fromOffset: String(fromOffset), nextOffset: String(nextOffset) };
  const accepted = await db
    .select({ incidentId: etlIncidents.incidentId })
    .from(etlIncidents)
    .where(
      and(
        inArray(etlIncidents.kind, [...batchKinds]),
        eq(etlIncidents.topic, topic),
        eq(etlIncidents.partition, partition),
        isNotNull(etlIncidents.resolvedAt),
        sql`${etlIncidents.details} -> 'ranges' @> ${JSON.stringify([range])}::jsonb`,
      ),
    )
    .limit(1);
  return accepted.length > 0;
}
