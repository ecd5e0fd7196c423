import type { Logger } from '@pulse/runtime';

import { retrying } from '../failures/retrying.ts';
import type { KafkaClient } from './kafka-client.ts';
import { isTemporaryOfKafka } from './kafka-errors.ts';
import { connectClient } from './kafkajs/connect-client.ts';
import { readRange, type IsGivenUp, type ReadableRange, type TakeRecords } from './read-range.ts';

export interface KafkaSourceOptions {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly consumerGroup: string;
  readonly waitMaxMs: number;
}

/** One topic of a Kafka cluster, read by offsets and without a consumer group. */
export interface KafkaSource
  extends
    Pick<
      KafkaClient,
      'clusterId' | 'topicNames' | 'partitionOffsets' | 'highWatermarks' | 'topicSettings' | 'createPublisher'
    >,
    AsyncDisposable {
  readonly topic: string;
  /** Reads a range of one partition: see `readRange` in read-range.ts. */
  readRange(range: ReadableRange, take: TakeRecords, signal: AbortSignal, isGivenUp?: IsGivenUp): Promise<number>;
  /** Copies positions to the consumer group's offsets, for tools that show lag. */
  mirrorPositions(positions: readonly { partition: number; nextOffset: bigint }[]): Promise<void>;
}

/** Connects to Kafka, waiting for it up to `waitMaxMs`, or until the signal. @throws TemporaryError when it stays away. */
export async function connectKafkaSource(
  options: KafkaSourceOptions,
  logger: Logger,
  signal?: AbortSignal,
): Promise<KafkaSource> {
  const { brokers, topic, consumerGroup, waitMaxMs } = options;
  const client = await retrying(async () => connectOnce(options, logger, signal), {
    isTemporary: isTemporaryOfKafka,
    what: `reaching topic ${topic} on Kafka at ${brokers.join(', ')}`,
    waitMaxMs,
    signal,
    onRetry: (error, attempt) => {
      if (attempt === 1) logger.warn({ err: error, brokers }, 'waiting for Kafka');
    },
  });
  return {
    ...client,
    topic,
    readRange: async (range, take, stop, isGivenUp) =>
      readRange({ client, topic, waitMaxMs }, range, take, stop, isGivenUp),
    mirrorPositions: async (positions) => {
      // A broker that has just become the coordinator answers with an error at first.
      await retrying(async () => client.commitOffsets(consumerGroup, positions), {
        isTemporary: isTemporaryOfKafka,
        what: `committing offsets of group ${consumerGroup}`,
        waitMaxMs: mirrorWaitMaxMs,
      });
    },
  };
}

const mirrorWaitMaxMs = 3000;

async function connectOnce(options: KafkaSourceOptions, logger: Logger, signal?: AbortSignal): Promise<KafkaClient> {
  const client = await connectClient(options, logger);
  if (signal?.aborted !== true) return client;
  await client[Symbol.asyncDispose]();
  throw signal.reason;
}
