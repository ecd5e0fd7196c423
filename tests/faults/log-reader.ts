import { randomBytes } from 'node:crypto';

import type { Kafka } from 'kafkajs';

import { withRetry } from './retry.ts';

/** A record as the log has it, by the id in its header. */
export interface LogRecord {
  readonly partition: number;
  readonly offset: number;
  readonly id: string;
}

const readTimeoutMs = 300_000;

/** Reads a topic from its start to its present end with an ordinary consumer, in order within each partition. */
export async function readLog(kafka: Kafka, topic: string): Promise<LogRecord[]> {
  const groupId = `faults-${randomBytes(6).toString('hex')}`;
  const missing = new Map<number, number>();
  for (const { partition, low, high } of await withRetry(kafka, (admin) => admin.fetchTopicOffsets(topic))) {
    if (low !== high) missing.set(partition, Number(high));
  }
  const records: LogRecord[] = [];
  if (missing.size > 0) {
    const consumer = kafka.consumer({ groupId, retry: { retries: 20 } });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`the log is not read after ${readTimeoutMs} ms`)), readTimeoutMs);
      const eachMessage = async ({ partition, message }: Parameters<ConsumerHandler>[0]): Promise<void> => {
        const offset = Number(message.offset);
        records.push({ partition, offset, id: String(message.headers?.['id'] ?? '') });
        if (offset + 1 >= (missing.get(partition) ?? Infinity)) missing.delete(partition);
        if (missing.size > 0) return;
        clearTimeout(late);
        resolve();
      };
      consumer.run({ eachMessage }).catch(reject);
    });
    await consumer.disconnect();
    await withRetry(kafka, (admin) => admin.deleteGroups([groupId]));
  }
  const ordered = records.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset);
  // A rebalance may hand a record out twice.
  return ordered.filter(({ partition, offset }, index) => {
    const before = ordered[index - 1];
    return before?.partition !== partition || before.offset !== offset;
  });
}

type ConsumerHandler = NonNullable<NonNullable<Parameters<ReturnType<Kafka['consumer']>['run']>[0]>['eachMessage']>;
