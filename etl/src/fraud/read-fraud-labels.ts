import { fraudLabel, topics, type FraudLabel } from '@pulse/contract';
import type { Logger } from '@pulse/runtime';

import type { Config } from '../settings/config.ts';
import { connectKafkaSource } from '../kafka/kafka-source.ts';

/**
 * Reads every label that the topic fraud-labels still keeps. What is no label is passed over and counted.
 * @param take - Given the labels of a fetch at a time.
 */
export async function readFraudLabels(
  { kafka }: Config,
  logger: Logger,
  take: (labels: readonly FraudLabel[]) => Promise<void>,
): Promise<{ readonly unreadable: number }> {
  await using source = await connectKafkaSource({ ...kafka, topic: topics.fraudLabels }, logger);
  let unreadable = 0;
  for (const { partition, lowOffset, endOffset } of await source.partitionOffsets()) {
    for (let from = Number(lowOffset); from < Number(endOffset); from += offsetsAtOnce) {
      const labels: FraudLabel[] = [];
      const next = Math.min(from + offsetsAtOnce, Number(endOffset));
      const range = { partition, fromOffset: from, nextOffset: next };
      await source.readRange(
        range,
        (records) => {
          for (const { value } of records) {
            const label = labelOf(value);
            if (label === undefined) unreadable += 1;
            else labels.push(label);
          }
        },
        new AbortController().signal,
      );
      await take(labels);
    }
  }
  return { unreadable };
}

const offsetsAtOnce = 20_000;

function labelOf(value: Buffer | null): FraudLabel | undefined {
  try {
    return fraudLabel.safeParse(JSON.parse(String(value))).data;
  } catch {
    return undefined;
  }
}
