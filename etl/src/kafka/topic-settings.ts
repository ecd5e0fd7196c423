import { UsageError } from '../failures/errors.ts';

/** What a topic's settings do to records: as the broker has them in force, set for the topic or by its own defaults. */
export interface TopicSettings {
  readonly isCompacted: boolean;
  /** How long a record is kept; null where no time limits it. */
  readonly retentionMs: number | null;
}

/** The settings that are asked for. */
export const watchedSettings: readonly string[] = ['cleanup.policy', 'retention.ms'];

/** Reads them from names and values as Kafka gives them. */
export function topicSettingsOf(values: ReadonlyMap<string, string>): TopicSettings {
  const policies = new Set((values.get('cleanup.policy') ?? 'delete').split(',').map((policy) => policy.trim()));
  const retention = Number(values.get('retention.ms') ?? -1);
  return {
    isCompacted: policies.has('compact'),
    retentionMs: policies.has('delete') && retention >= 0 ? retention : null,
  };
}

/**
 * Compaction keeps the newest record of each key, and the key of a transaction is its customer: all other transactions vanish.
 * @throws UsageError unless that is allowed.
 */
export function refuseCompaction(topic: string, { isCompacted }: TopicSettings, isAllowed: boolean): void {
  if (!isCompacted || isAllowed) return;
  throw new UsageError(
    `topic ${topic} has cleanup.policy=compact: of each customer Kafka keeps the newest record only and deletes the others, ` +
      'read or not; set cleanup.policy to delete (etl topics --apply), ' +
      'or KAFKA_ALLOW_COMPACTION=true to load what compaction leaves',
  );
}
