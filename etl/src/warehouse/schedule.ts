import { etlBatches, warehouseState } from '@pulse/migrations/schema';
import { and, eq, inArray, sql } from 'drizzle-orm';

import type { Queryable } from './connection.ts';

/** Seconds between two scheduled batches today, as a value of an insert. */
export const currentSchedule = sql`(select ${warehouseState.scheduleSeconds} from ${warehouseState})`;

/** Whether batches come on schedule. */
export interface ScheduleState {
  readonly scheduleSeconds: number;
  /** Seconds since a batch was last loaded, an empty one too; before the first, since the server started. */
  readonly quietSeconds: number;
}

/** Reads what the schedule promises, and how long no batch has been loaded. Batches that read no Kafka do not count. */
export async function readScheduleState(db: Queryable): Promise<ScheduleState> {
  const isOfKafka = inArray(etlBatches.kind, ['scheduled', 'manual', 'backfill']);
  const lastLoad = db
    .select({ at: sql`max(${etlBatches.loadedAt})` })
    .from(etlBatches)
    .where(and(eq(etlBatches.state, 'loaded'), isOfKafka));
  const [row] = await db
    .select({
      scheduleSeconds: warehouseState.scheduleSeconds,
      quietSeconds: sql<number>`extract(epoch from now() - coalesce((${lastLoad}), pg_postmaster_start_time()))::int`,
    })
    .from(warehouseState);
  if (row === undefined) throw new Error('warehouse_state is empty: run the migrations (make db-migrate)');
  return row;
}
