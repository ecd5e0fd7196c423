import { ConfigError, type Logger } from '@pulse/runtime';
import { ConfigResourceTypes, type Admin } from 'kafkajs';

/** Where a broker says what its data are for: docker/kafka/start.sh. */
const environmentConfig = 'broker.rack';

/**
 * Demonstration traffic must not get among real sales.
 * @throws ConfigError where a broker says that its data are production's.
 */
export async function refuseProduction(admin: Admin, logger: Logger): Promise<void> {
  const environments = await environmentsOf(admin).catch((error: unknown): readonly string[] => {
    // A cluster of somebody else may keep its configuration to itself; ours does not.
    logger.debug({ err: error }, 'the brokers do not say what their data are for');
    return [];
  });
  if (!environments.includes('production')) return;
  throw new ConfigError(
    "this Kafka is production's, and made-up sales would be taken for real ones: nothing was sent. Send them to another stack, or " +
      'set PRODUCER_ALLOW_PRODUCTION=true where no sale is real',
  );
}

async function environmentsOf(admin: Admin): Promise<readonly string[]> {
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
}
