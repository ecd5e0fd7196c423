import { setTimeout as delay } from 'node:timers/promises';

import type { Context } from '../program/context.ts';
import { TemporaryError } from '../failures/errors.ts';
import { requireKnownCluster } from '../program/known-cluster.ts';
import { readLastEnds } from './last-end-queries.ts';
import type { PartitionOffsets } from '../kafka/kafka-client.ts';
import { errorMessageOf } from '../failures/error-chain.ts';
import { failureKind } from '../program/failure-kind.ts';

/** What Kafka knows of a topic. */
export interface LogEnds {
  readonly ends: readonly PartitionOffsets[];
  /** By partition; of none while Kafka is away. */
  readonly highWatermarks: ReadonlyMap<number, bigint>;
  /** Null for no limit, and while Kafka is away. */
  readonly retentionMs: number | null;
  /** Why Kafka could not be asked, so that these are the ends of the newest plan; null where it was. */
  readonly kafkaError: string | null;
}

/** Somebody waits in front of a terminal. */
const waitMaxMs = 5_000;

/** The topic's ends as Kafka has them, or, while it is away, as the warehouse has last seen them. */
export async function readLogEnds(context: Context): Promise<LogEnds> {
  const answered = new AbortController();
  try {
    return await Promise.race([askKafka(context), tooLate(answered.signal)]);
  } catch (error) {
    if (failureKind(error) !== 'temporary') throw error;
    const { warehouse, config } = context;
    const ends = await readLastEnds(warehouse.db, config.kafka.topic);
    return { ends, highWatermarks: new Map(), retentionMs: null, kafkaError: errorMessageOf(error) };
  } finally {
    answered.abort();
  }
}

async function askKafka(context: Context): Promise<LogEnds> {
  await requireKnownCluster(context);
  const source = await context.kafka();
  const ends = await source.partitionOffsets();
  const highWatermarks = await source.highWatermarks();
  const { retentionMs } = await source.topicSettings();
  return { ends, highWatermarks, retentionMs, kafkaError: null };
}

async function tooLate(signal: AbortSignal): Promise<never> {
  await delay(waitMaxMs, undefined, { signal });
  throw new TemporaryError(`Kafka does not answer within ${waitMaxMs / 1000} s`);
}
