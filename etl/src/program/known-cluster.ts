import type { Context } from './context.ts';
import { IntegrityError } from '../failures/errors.ts';
import { clusterChanged, readSourceTopic, type SourceTopic } from '../warehouse/source-topics.ts';

/** The cluster that the settings lead to, as the warehouse would remember it; undefined where its brokers name none. */
export async function sourceTopicOf(context: Context): Promise<Omit<SourceTopic, 'recordedAt'> | undefined> {
  const { clusterId, topic } = await context.kafka();
  if (clusterId === null) return undefined;
  return { topic, clusterId, bootstrapServers: context.config.kafka.brokers.join(',') };
}

/**
 * Makes sure that the settings lead to the cluster that the warehouse reads the topic from: offsets of another one mean
 * other records.
 * @returns what is still to be remembered of the cluster; undefined where it is known.
 * @throws IntegrityError when it is another one, with its incident.
 */
export async function requireKnownCluster(context: Context): Promise<Omit<SourceTopic, 'recordedAt'> | undefined> {
  const found = await sourceTopicOf(context);
  const known = await readSourceTopic(context.warehouse.db, context.config.kafka.topic);
  if (found === undefined || known === undefined) return found;
  if (found.clusterId !== known.clusterId) throw anotherCluster(found, known);
  return found.topic === known.topic ? undefined : found;
}

function anotherCluster(found: Omit<SourceTopic, 'recordedAt'>, known: SourceTopic): IntegrityError {
  const { topic } = found;
  const message =
    `Kafka at ${found.bootstrapServers} is cluster ${found.clusterId}, but this warehouse reads ${known.topic} from cluster ` +
    `${known.clusterId}, at ${known.bootstrapServers} when it was recorded: offsets of ${topic} there mean other records`;
  const remedy =
    'set KAFKA_PORT or KAFKA_BOOTSTRAP_SERVERS to the cluster that the warehouse knows; ' +
    'if the cluster itself was replaced and its records with it: etl resume --accept-cluster --reason "…"';
  return new IntegrityError(clusterChanged, message, remedy, [
    { kind: clusterChanged, topic, partition: null, message },
  ]);
}
