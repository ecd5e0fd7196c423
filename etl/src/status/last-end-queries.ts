import { sql } from 'drizzle-orm';

import type { Queryable } from '../warehouse/connection.ts';
import type { PartitionOffsets } from '../kafka/kafka-client.ts';

/** A topic's partitions as the newest plan of each saw them; one that was never planned ends where it stands. */
export async function readLastEnds(db: Queryable, topic: string): Promise<readonly PartitionOffsets[]> {
  const { rows } = await db.execute<{ partition: number; position: string; end: string }>(sql`
    select p.partition, p.next_offset::text as position, coalesce(newest.end_offset, p.next_offset)::text as "end"
    from source_positions as p
    left join lateral (
      select r.end_offset
      from etl_batch_ranges as r
      join etl_batches as b on b.batch_id = r.batch_id
      where r.topic = p.topic and r.partition = p.partition and r.epoch = p.epoch
      order by b.planned_at desc
      limit 1
    ) as newest on true
    where p.topic = ${topic}
    order by p.partition`);
  return rows.map(({ partition, position, end }) => {
    const lowOffset = BigInt(position);
    const endOffset = BigInt(end);
    // A position can lie behind an end that an older plan saw.
    return { partition, lowOffset, endOffset: endOffset > lowOffset ? endOffset : lowOffset };
  });
}
