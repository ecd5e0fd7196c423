import { reconnectCleanly, type Logger } from '@pulse/runtime';
import { Kafka, logLevel, type LogEntry, type Producer, type Admin } from 'kafkajs';
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

/** A message that says itself where it goes; see `partitionOf`. */
const ownPartition = () => {
  return ({ message }: { message: { partition?: number } }) => {
    if (message.partition === undefined) throw new Error('a message to publish has no partition');
    return message.partition;
  };
};

/**
 * An idempotent producer. kafkajs itself tries once more only: `publish` waits out an outage, so that it is
 * reported once. Its own log lines, one a retry, are worth no more than debug.
 */
export function createClient({ brokers, logger }: ClientOptions): Client {
  const kafka = new Kafka({
    clientId: 'producer',
    brokers: [...brokers],
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    retry: { retries: 1, initialRetryTime: 100, maxRetryTime: 500 },
    logLevel: logLevel.INFO,
    logCreator: () => (entry) => logger.debug(kafkaFields(entry), entry.log.message),
  });
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: ownPartition,
  });
  return { producer, admin: kafka.admin() };
}

function kafkaFields({ namespace, log }: LogEntry): Record<string, unknown> {
  return { namespace, broker: log['broker'], error: log['error'] };
}
