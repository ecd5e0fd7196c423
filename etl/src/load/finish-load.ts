import { plannedCount, type Batch } from '../batch/batch.ts';
import { publishAfterBatch } from '../dead-letters/publish-dead-letters.ts';
import { errorMessageOf } from '../failures/error-chain.ts';
import { failpoint } from '../failures/failpoint.ts';
import type { Context } from '../program/context.ts';
import { requireKnownCluster } from '../program/known-cluster.ts';
import { readPositions } from '../warehouse/positions.ts';
import { releaseLoad } from './load-session-queries.ts';

/**
 * What follows a load, now or by an earlier attempt: staged files go, rejected records are published, and Kafka's consumer group gets
 * the positions. Nothing is lost where one of these fails: the next batch does it.
 */
export async function finishLoad(context: Context, batch: Batch): Promise<void> {
  const isEmpty = plannedCount(batch) === 0;
  if (!isEmpty) {
    await releaseLoad(context.warehouse);
    context.staging(batch).remove();
  }
  // A replay moves no position, nor does an empty batch.
  const hasMoved = !isEmpty && batch.claims === null;
  await Promise.all([hasMoved ? mirrorPositions(context) : undefined, publishAfterBatch(context)]);
}

/** Copies the stored positions to Kafka's consumer group. */
async function mirrorPositions(context: Context): Promise<void> {
  const { warehouse, config, logger } = context;
  failpoint('before-mirror');
  try {
    const positions = await readPositions(warehouse.db, config.kafka.topic);
    await requireKnownCluster(context);
    const source = await context.kafka();
    await source.mirrorPositions(positions);
  } catch (error) {
    logger.warn({ cause: errorMessageOf(error) }, "the consumer group's offsets in Kafka lag behind the warehouse");
  }
  failpoint('after-mirror');
}
