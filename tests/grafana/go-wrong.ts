import { letTimePass, salesOf } from '../support/alert-causes.ts';
import { deleteRecordsBelow } from '../support/kafka.ts';
import type { Pipeline } from '../support/pipeline.ts';

/** Gives every alert rule its reason, in a pipeline of one partition that was well until now. */
export async function goWrong(pipeline: Pipeline): Promise<void> {
  await pipeline.publish(salesOf(500, 10, tenMinutesOld()));
  await pipeline.batch(['run', '--batch', 'usual']);
  await letTimePass(pipeline, '2 hours');
  await pipeline.publish([
    ...salesOf(100, 37, tenMinutesOld()),
    ...Array.from({ length: 200 }, () => ({ value: 'no JSON' })),
  ]);
  await pipeline.batch(['run', '--batch', 'suspicious']);
  for (const batch of ['behind-1', 'behind-2', 'behind-3']) {
    await pipeline.publish(salesOf(30, 0, tenMinutesOld()));
    await pipeline.batch(['run', '--batch', batch], { ETL_BATCH_MAX_MESSAGES: '10' });
    await letTimePass(pipeline, '3 minutes');
  }
  await pipeline.query('update etl_batches set loaded_count = loaded_count - 1, rejected_count = rejected_count + 1');
  const reconciled = await pipeline.etl(['reconcile']);
  if (reconciled.exitCode !== 1) throw new Error(`reconcile ended with ${reconciled.exitCode}:\n${reconciled.stderr}`);
  await pipeline.query(
    `update etl_reconciliations
     set started_at = started_at - interval '27 hours', finished_at = finished_at - interval '27 hours'`,
  );
  const [position] = await pipeline.query<{ next_offset: string }>('select next_offset from source_positions');
  await deleteRecordsBelow(pipeline.kafka, pipeline.topic, 0, Number(position?.next_offset) + 3);
  const stopped = await pipeline.etl(['run', '--batch', 'stopped']);
  if (stopped.exitCode !== 65) throw new Error(`run ended with ${stopped.exitCode}:\n${stopped.stderr}`);
  await pipeline.query(
    `update etl_batch_ranges set high_watermark = end_offset + 97, held_since = now() - interval '1 hour'`,
  );
  await pipeline.query('update etl_batches set staging_free_bytes = 1.5 * 1024 ^ 3');
}

function tenMinutesOld(): { readonly timestamp: string } {
  return { timestamp: new Date(Date.now() - 600_000).toISOString() };
}
