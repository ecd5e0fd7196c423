import type { Logger } from '@pulse/runtime';
import kafkajs, { type Message, type Producer } from 'kafkajs';

import { createKafkaClient } from './client.ts';

/** One rejected record on its way to the dead-letter topic. */
export interface DeadLetter {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** A connection that publishes dead letters. */
export interface DeadLetterPublisher extends AsyncDisposable {
  /** Resolves when all in-sync replicas have them. What the broker finds too large goes without its value. */
  publish(letters: readonly DeadLetter[], withoutValue: (letter: DeadLetter) => DeadLetter): Promise<void>;
}

/** Connects; gives up within seconds, for a batch waits behind it and nothing is lost by trying later. */
export async function connectDeadLetterPublisher(
  { brokers, deadLetterTopic: topic }: { readonly brokers: readonly string[]; readonly deadLetterTopic: string },
  logger: Logger,
): Promise<DeadLetterPublisher> {
  const producer = createKafkaClient(brokers, logger).producer({
    allowAutoTopicCreation: false,
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
    [Symbol.asyncDispose]: async () => producer.disconnect(),
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
  return error instanceof kafkajs.KafkaJSProtocolError && error.type === 'MESSAGE_TOO_LARGE';
}
