import type { Logger } from '@pulse/runtime';

import { retrying } from '../failures/retrying.ts';
import type { TopicAdmin } from './kafka-client.ts';
import { isTemporaryOfKafka } from './kafka-errors.ts';
import { connectAdmin } from './kafkajs/connect-admin.ts';

/** Connects to Kafka for topics and their settings, waiting for it up to `waitMaxMs`. @throws TemporaryError when it stays away. */
export async function connectTopicAdmin(
  brokers: readonly string[],
  waitMaxMs: number,
  logger: Logger,
): Promise<TopicAdmin> {
  return retrying(async () => connectAdmin(brokers, logger), {
    what: `reaching Kafka at ${brokers.join(', ')}`,
    isTemporary: isTemporaryOfKafka,
    waitMaxMs,
  });
}
