import type { Decision } from './decide-position.ts';
import type { Context } from '../program/context.ts';
import { UsageError } from '../failures/errors.ts';
import { sourceTopicOf } from '../program/known-cluster.ts';
import { openIncidents } from './resume-queries.ts';
import { clusterChanged, readSourceTopic } from '../warehouse/source-topics.ts';
import type { Resumed } from './resume.ts';
import { replaceSourceTopic } from './accept-cluster-queries.ts';

/**
 * Lets the topic be read from the cluster that the settings lead to. Positions stay: where they do not fit its logs, the next
 * batch stops and names each partition.
 * @throws UsageError when it is the cluster that the warehouse knows.
 */
export async function acceptCluster(context: Context, decision: Decision): Promise<Resumed> {
  const { warehouse, config } = context;
  const { topic } = config.kafka;
  const found = await sourceTopicOf(context);
  const known = await readSourceTopic(warehouse.db, topic);
  if (found === undefined || known === undefined || found.clusterId === known.clusterId) {
    throw new UsageError(
      `nothing to accept: ${topic} is read from the cluster that is known, ${known?.clusterId ?? 'which the first batch records'}`,
    );
  }
  const open = (await openIncidents(warehouse.db, topic)).filter(({ kind }) => kind === clusterChanged);
  const incidentIds = decision.dryRun
    ? open.map(({ incidentId }) => incidentId)
    : await replaceSourceTopic(warehouse, known, found, decision, config.warehouse.lockTimeoutMs);
  return {
    dry_run: decision.dryRun,
    incident_ids: incidentIds,
    partition: null,
    accepted: null,
    lost_count: null,
    message: `${topic} is read from cluster ${found.clusterId} at ${found.bootstrapServers}, in place of ${known.clusterId} at ${known.bootstrapServers}`,
  };
}
