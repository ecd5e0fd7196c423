import { waitMaxMs, withLeader } from './with-leader.ts';

const gzip = 1;

/**
 * Publishes records as one record batch, however many: a producer would take minutes to sort 160,000 of them by partition.
 */
export async function publishOneRecordBatch(
  bootstrapServers: string,
  topic: string,
  messages: readonly { readonly key: string; readonly value: string }[],
): Promise<void> {
  await withLeader(bootstrapServers, topic, (broker) =>
    broker.produce({
      topicData: [{ topic, partitions: [{ partition: 0, firstSequence: 0, messages }] }],
      acks: -1,
      timeout: waitMaxMs,
      compression: gzip,
    }),
  );
}
