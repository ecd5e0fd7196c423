import type { Logger } from '@pulse/runtime';
import kafkajs from 'kafkajs';
import Cluster from 'kafkajs/src/cluster/index.js';
import loggers from 'kafkajs/src/loggers/index.js';
import createSocketFactory from 'kafkajs/src/network/socketFactory.js';

import { kafkaLogCreator } from './kafka-logger.ts';
import { registerZstd } from './zstd.ts';

const clientId = 'global-sales-pulse-etl';

/** Reads only what is committed: KIP-98's READ_COMMITTED. */
export const readCommitted = 1;

const connectionTimeoutMs = 3000;
const requestTimeoutMs = 15_000;

/** Retries live in `retrying`, with one deadline for all of them; kafkajs itself tries twice. */
const retry = { retries: 1, initialRetryTime: 100, maxRetryTime: 500 };

/** kafkajs's own view of a Kafka cluster, not yet connected. */
export function createCluster(brokers: readonly string[], logger: Logger): Cluster {
  registerZstd();
  return new Cluster({
    logger: loggers.createLogger({ level: kafkajs.logLevel.WARN, logCreator: kafkaLogCreator(logger) }),
    socketFactory: createSocketFactory(),
    brokers,
    clientId,
    connectionTimeout: connectionTimeoutMs,
    requestTimeout: requestTimeoutMs,
    enforceRequestTimeout: true,
    metadataMaxAge: 300_000,
    allowAutoTopicCreation: false,
    isolationLevel: readCommitted,
    maxInFlightRequests: null,
    retry,
  });
}

/** A client for administration: topics and their settings. */
export function createKafkaClient(brokers: readonly string[], logger: Logger): kafkajs.Kafka {
  return new kafkajs.Kafka({
    clientId,
    brokers: [...brokers],
    connectionTimeout: connectionTimeoutMs,
    requestTimeout: requestTimeoutMs,
    retry,
    logLevel: kafkajs.logLevel.WARN,
    logCreator: kafkaLogCreator(logger),
  });
}
