import type { Logger } from '@pulse/runtime';
import { ConfigResourceTypes, type Admin } from 'kafkajs';

import { isTemporary, rootCause } from './outage.ts';

/** Where a broker says what its data are for: docker/kafka/start.sh. */
const environmentConfig = 'broker.rack';

/**
 * What the brokers say that their data are for; nothing where a cluster keeps its configuration to itself.
 * @throws whatever passes: no answer is not taken for one.
 */
export async function brokerEnvironments(admin: Admin, logger: Logger): Promise<readonly string[]> {
  try {
    const { brokers } = await admin.describeCluster();
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: brokers.map(({ nodeId }) => ({
        type: ConfigResourceTypes.BROKER,
        name: String(nodeId),
        configNames: [environmentConfig],
      })),
    });
    return resources.flatMap(({ configEntries }) => configEntries.map(({ configValue }) => configValue));
  } catch (error) {
    if (isTemporary(rootCause(error))) throw error;
    logger.debug({ err: error }, 'the brokers do not say what their data are for');
    return [];
  }
}
