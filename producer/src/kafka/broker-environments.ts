import type { Logger } from '@pulse/runtime';
import kafkajs, { type Admin } from 'kafkajs';

import { isTemporary, rootCause } from './retry.ts';

/** The setting of a broker that names the environment of its data, set by docker/kafka/start.sh. */
const environmentConfig = 'broker.rack';

/**
 * The environments that the brokers name for their data; none where the cluster does not let its configuration be read.
 * @throws a temporary error as it is: without an answer nothing is known.
 */
export async function brokerEnvironments(admin: Admin, logger: Logger): Promise<readonly string[]> {
  try {
    const { brokers } = await admin.describeCluster();
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: brokers.map(({ nodeId }) => ({
        type: kafkajs.ConfigResourceTypes.BROKER,
        name: String(nodeId),
        configNames: [environmentConfig],
      })),
    });
    return resources.flatMap(({ configEntries }) => configEntries.map(({ configValue }) => configValue));
  } catch (error) {
    if (isTemporary(rootCause(error))) throw error;
    logger.debug({ err: error }, 'the brokers do not name the environment of their data');
    return [];
  }
}
