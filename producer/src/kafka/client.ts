import { reconnectCleanly, type Logger } from '@pulse/runtime';
import kafkajs, { type Admin, type LogEntry, type Producer } from 'kafkajs';
import Connection from 'kafkajs/src/network/connection.js';

reconnectCleanly(Connection);

export interface Client {
  readonly producer: Producer;
  readonly admin: Admin;
}

export interface ClientOptions {
  readonly brokers: readonly string[];
  readonly logger: Logger;
}

/**
 * An idempotent producer. kafkajs itself retries once only: `createRetry` waits for the end of an outage and logs it once.
 * kafkajs logs each retry, so its own lines are debug output.
 */
export function createClient({ brokers, logger }: ClientOptions): Client {
  const kafka = new kafkajs.Kafka({
    clientId: 'producer',
    brokers: [...brokers],
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    retry: { retries: 1, initialRetryTime: 100, maxRetryTime: 500 },
    logLevel: kafkajs.logLevel.INFO,
    logCreator: () => (entry) => logger.debug(kafkaFields(entry), entry.log.message),
  });
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: givenPartition,
  });
  return { producer, admin: kafka.admin() };
}

/** A partitioner that takes the partition that each message names. */
function givenPartition() {
  return ({ message }: { message: { partition?: number } }) => {
    if (message.partition === undefined) throw new Error('a message to publish has no partition');
    return message.partition;
  };
}

function kafkaFields({ namespace, log }: LogEntry): Record<string, unknown> {
  return { namespace, broker: log['broker'], error: log['error'] };
}
