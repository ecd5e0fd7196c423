import { createLogger } from '@pulse/runtime';

import { createCluster } from '../../etl/src/kafka/cluster.ts';

const waitMaxMs = 30_000;
const gzip = 1;

/**
 * Publishes records as one record batch, however many: a producer would take minutes to sort 160,000 of them by partition.
 */
export async function publishOneRecordBatch(
  bootstrapServers: string,
  topic: string,
  messages: readonly { readonly key: string; readonly value: string }[],
): Promise<void> {
  const logger = await createLogger({ name: 'tests', level: 'error', format: 'json' });
  const cluster = createCluster(bootstrapServers.split(','), waitMaxMs, logger);
  try {
    await cluster.connect();
    await cluster.addTargetTopic(topic);
    const [leader = ''] = Object.keys(cluster.findLeaderForPartitions(topic, [0]));
    const broker = await cluster.findBroker({ nodeId: leader });
    await broker.produce({
      topicData: [{ topic, partitions: [{ partition: 0, firstSequence: 0, messages }] }],
      acks: -1,
      timeout: waitMaxMs,
      compression: gzip,
    });
  } finally {
    await cluster.disconnect();
  }
}
