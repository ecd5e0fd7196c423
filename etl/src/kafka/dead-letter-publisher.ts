import type { Message, Producer } from 'kafkajs';
import errors from 'kafkajs/src/errors.js';
import createProducer from 'kafkajs/src/producer/index.js';

import type { KafkaSource } from './kafka-source.ts';

/** One rejected record on its way to the dead-letter topic. */
export interface DeadLetter {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Publishes dead letters. */
export interface DeadLetterPublisher extends Disposable {
  /** Resolves when all in-sync replicas have them. What the broker finds too large goes without its value. */
  publish(letters: readonly DeadLetter[], withoutValue: (letter: DeadLetter) => DeadLetter): Promise<void>;
}

/** Publishes to a topic through the connections that a source has open, and ends with them. */
export async function createDeadLetterPublisher(
  { cluster }: Pick<KafkaSource, 'cluster'>,
  topic: string,
): Promise<DeadLetterPublisher> {
  const producer = createProducer({
    cluster,
    logger: cluster.rootLogger,
    retry: { retries: 2, initialRetryTime: 100, maxRetryTime: 500 },
  });
  await producer.connect();
  return {
    publish: async (letters, withoutValue) => {
      try {
        await send(producer, topic, letters);
      } catch (error) {
        if (!isTooLarge(error)) throw error;
        for (const letter of letters) await sendAlone(producer, topic, letter, withoutValue);
      }
    },
    // Else a fault of this topic would hide the metadata of the source's.
    [Symbol.dispose]: () => void cluster.targetTopics.delete(topic),
  };
}

async function sendAlone(
  producer: Producer,
  topic: string,
  letter: DeadLetter,
  withoutValue: (letter: DeadLetter) => DeadLetter,
): Promise<void> {
  try {
    await send(producer, topic, [letter]);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    await send(producer, topic, [withoutValue(letter)]);
  }
}

async function send(producer: Producer, topic: string, letters: readonly DeadLetter[]): Promise<void> {
  const messages: Message[] = letters.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } }));
  await producer.send({ topic, messages, acks: -1, timeout: ackTimeoutMs });
}

const ackTimeoutMs = 5000;

function isTooLarge(error: unknown): boolean {
  return error instanceof errors.KafkaJSProtocolError && error.type === 'MESSAGE_TOO_LARGE';
}
