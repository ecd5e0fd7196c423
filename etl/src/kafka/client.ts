import type { Logger } from '@pulse/runtime';
import kafkajs from 'kafkajs';

import { clientId, connectionTimeoutMs, requestTimeoutMs, retry, socketFactory } from './cluster.ts';
import { kafkaLogCreator } from './kafka-logger.ts';

/** A client for administration: topics and their settings. */
export function createKafkaClient(brokers: readonly string[], logger: Logger): kafkajs.Kafka {
  return new kafkajs.Kafka({
    clientId,
    brokers: [...brokers],
    connectionTimeout: connectionTimeoutMs,
    requestTimeout: requestTimeoutMs,
    retry,
    socketFactory,
    logLevel: kafkajs.logLevel.WARN,
    logCreator: kafkaLogCreator(logger),
  });
}
