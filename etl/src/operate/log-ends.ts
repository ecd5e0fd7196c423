import { setTimeout as delay } from 'node:timers/promises';

import type { PartitionOffsets } from '../batch/plan.ts';
import type { Context } from '../context.ts';
import { errorMessageOf, failureKind, TemporaryError } from '../errors.ts';
import { readLastEnds } from '../warehouse/last-ends.ts';

/** Where a topic's partitions begin and end. */
export interface LogEnds {
  readonly ends: readonly PartitionOffsets[];
  /** Why Kafka could not be asked, so that these are the ends of the newest plan; null where it was. */
  readonly kafkaError: string | null;
}

/** Somebody waits in front of a terminal. */
const waitMaxMs = 5_000;

/** The topic's ends as Kafka has them, or, while it is away, as the warehouse has last seen them. */
export async function readLogEnds(context: Context): Promise<LogEnds> {
  const answered = new AbortController();
  const asked = context.kafka().then((source) => source.partitionOffsets());
  try {
    return { ends: await Promise.race([asked, tooLate(answered.signal)]), kafkaError: null };
  } catch (error) {
    if (failureKind(error) !== 'temporary') throw error;
    const { warehouse, config } = context;
    return { ends: await readLastEnds(warehouse.db, config.kafka.topic), kafkaError: errorMessageOf(error) };
  } finally {
    answered.abort();
  }
}

async function tooLate(signal: AbortSignal): Promise<never> {
  await delay(waitMaxMs, undefined, { signal });
  throw new TemporaryError(`Kafka does not answer within ${waitMaxMs / 1000} s`);
}
