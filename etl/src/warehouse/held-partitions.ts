import { sql, type SQL } from 'drizzle-orm';

import type { Queryable } from './connection.ts';

/** A partition whose end does not move while records wait behind it: a transaction there is open. */
export interface HeldPartition {
  readonly partition: number;
  readonly epoch: number;
  /** The last stable offset: where the open transaction begins. */
  readonly endOffset: bigint;
}

/** The newest plan's range of a partition. */
function lastRange(topic: string, { partition, epoch }: HeldPartition): SQL {
  return sql`
    select planned.end_offset, planned.held_since
    from etl_batches
    join etl_batch_ranges as planned using (batch_id)
    where planned.topic = ${topic}
      and planned.partition = ${partition}
      and planned.epoch = ${epoch}
      and planned.high_watermark is not null
    order by etl_batches.planned_at desc
    limit 1`;
}

/** Since when the partition is held, for its range in a plan of now: as the last plan had it, if its end was the same. */
export function heldSince(topic: string, held: HeldPartition): SQL {
  return sql`coalesce((
    select case when last.end_offset = ${held.endOffset} then last.held_since end
    from (${lastRange(topic, held)}) as last
  ), now())`;
}

/** Since when plans have found the partition held; null where none has yet. */
export async function readHeldSince(db: Queryable, topic: string, held: HeldPartition): Promise<string | null> {
  const { rows } = await db.execute<{ heldSince: string | null }>(sql`
    select to_char(
      case when last.end_offset = ${held.endOffset} then last.held_since end at time zone 'UTC',
      'YYYY-MM-DD"T"HH24:MI:SS"Z"'
    ) as "heldSince"
    from (${lastRange(topic, held)}) as last`);
  return rows[0]?.heldSince ?? null;
}
