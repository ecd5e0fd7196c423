import { createLogger } from '@pulse/runtime';

import { createCluster } from '../../etl/src/kafka/kafkajs/cluster.ts';

export const waitMaxMs = 30_000;

type Broker = Awaited<ReturnType<ReturnType<typeof createCluster>['findBroker']>>;

/** Lends the connection to the leader of a topic's partition 0, for requests that no producer of kafkajs makes. */
export async function withLeader(
  bootstrapServers: string,
  topic: string,
  work: (broker: Broker) => Promise<unknown>,
): Promise<void> {
  const logger = await createLogger({ name: 'tests', level: 'error', format: 'json' });
  const cluster = createCluster(bootstrapServers.split(','), waitMaxMs, logger);
  try {
    await cluster.connect();
    await cluster.addTargetTopic(topic);
    const [leader = ''] = Object.keys(cluster.findLeaderForPartitions(topic, [0]));
    await work(await cluster.findBroker({ nodeId: leader }));
  } finally {
    await cluster.disconnect();
  }
}
