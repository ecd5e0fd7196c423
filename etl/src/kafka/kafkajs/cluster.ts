import { connect, type Socket } from 'node:net';

import { reconnectCleanly, type Logger } from '@pulse/runtime';
import Cluster from 'kafkajs/src/cluster/index.js';
import loggers from 'kafkajs/src/loggers/index.js';
import Connection from 'kafkajs/src/network/connection.js';

import { registerCodecs } from './codecs.ts';
import { completeErrorCodes } from './complete-error-codes.ts';
import { kafkaLogCreator } from './kafka-logger.ts';

reconnectCleanly(Connection);
completeErrorCodes();

export const clientId = 'global-sales-pulse-etl';

/** Reads only what is committed: KIP-98's READ_COMMITTED. */
export const readCommitted = 1;
/** Also what is not: records of transactions that are open or aborted. */
export const readUncommitted = 0;

export const connectionTimeoutMs = 3000;
export const requestTimeoutMs = 15_000;
/** A healthy broker may need this long, whatever the settings allow. */
const requestTimeoutMinMs = 3000;

/** Retries live in `retrying`, with one deadline for all of them; kafkajs itself tries twice. */
export const retry = { retries: 1, initialRetryTime: 100, maxRetryTime: 500 };

/** kafkajs's own view of a Kafka cluster, not yet connected. An answer is waited for no longer than `waitMaxMs`. */
export function createCluster(brokers: readonly string[], waitMaxMs: number, logger: Logger): Cluster {
  registerCodecs();
  return new Cluster({
    logger: loggers.createLogger({ level: loggers.LEVELS.WARN, logCreator: kafkaLogCreator(logger) }),
    socketFactory,
    brokers,
    clientId,
    connectionTimeout: connectionTimeoutMs,
    requestTimeout: Math.min(requestTimeoutMs, Math.max(waitMaxMs, requestTimeoutMinMs)),
    enforceRequestTimeout: true,
    metadataMaxAge: 300_000,
    allowAutoTopicCreation: false,
    isolationLevel: readCommitted,
    maxInFlightRequests: null,
    retry,
  });
}

interface BrokerAddress {
  readonly host: string;
  readonly port: number;
  readonly onConnect: () => void;
}

const keepAliveDelayMs = 60_000;

/** A socket as kafkajs makes it itself, but for TLS: brokers speak plain text here, and its code takes 4 ms to load. */
export function socketFactory({ host, port, onConnect }: BrokerAddress): Socket {
  const socket = connect({ host, port }, onConnect);
  socket.setKeepAlive(true, keepAliveDelayMs);
  return socket;
}
