import type { Client } from 'pg';

/**
 * Stores how often batches are due, for all who ask the warehouse whether one is late: dashboards, alert rules and `etl status`.
 * The row is touched only where it changes, since a load holds it.
 */
export async function storeSchedule(client: Client, seconds: number): Promise<void> {
  await client.query('update warehouse_state set schedule_seconds = $1 where schedule_seconds <> $1', [seconds]);
}
