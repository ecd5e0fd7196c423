import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from '@pulse/runtime';
import { KafkaJSError, KafkaJSNonRetriableError, KafkaJSProtocolError } from 'kafkajs';

const pauseMsMin = 200;
const pauseMsMax = 2_000;

/** Errors that a repetition of the very same call can not heal. */
export class KafkaRefusalError extends Error {
  override readonly name = 'KafkaRefusalError';
}

/** Repeats a call through outages; see `createPatience`. */
export type Patience = <Result>(call: () => Promise<Result>, signal: AbortSignal) => Promise<Result>;

/**
 * Calls until it works, for as long as it takes: Kafka may be away, or a topic not be created yet. However many calls
 * wait, the start and the end of an outage are one log line each. Ends early with the signal's reason.
 * Throws KafkaRefusalError where Kafka answered and the answer is final.
 */
export function createPatience(logger: Logger): Patience {
  let awaySinceMs: number | undefined;

  function away(cause: unknown): void {
    if (awaySinceMs !== undefined) return;
    awaySinceMs = Date.now();
    logger.warn({ error: describe(cause) }, outageMessage(cause));
  }

  function back(): void {
    if (awaySinceMs === undefined) return;
    logger.info({ awayMs: Date.now() - awaySinceMs }, 'Kafka is back');
    awaySinceMs = undefined;
  }

  return async (call, signal) => {
    for (let pauseMs = pauseMsMin; ; pauseMs = Math.min(pauseMs * 2, pauseMsMax)) {
      signal.throwIfAborted();
      try {
        const result = await call();
        back();
        return result;
      } catch (error) {
        const cause = rootCause(error);
        if (!isTemporary(cause)) throw new KafkaRefusalError(`Kafka refuses: ${describe(cause)}`, { cause: error });
        away(cause);
      }
      await sleep(pauseMs, undefined, { signal });
    }
  };
}

/** kafkajs wraps an error once for every layer that gave up on it. */
export function rootCause(error: unknown): unknown {
  return error instanceof KafkaJSNonRetriableError && error.cause !== undefined ? rootCause(error.cause) : error;
}

/** What a repetition can heal: lost connections, time-outs, elections, a topic that does not exist yet. */
export function isTemporary(error: unknown): boolean {
  if (error instanceof KafkaJSProtocolError) return error.retriable || temporaryTypes.has(error.type);
  if (error instanceof KafkaJSError) return error.retriable;
  // A socket's own error; anything else, such as a TypeError, is a fault of a program.
  return error instanceof Error && 'code' in error;
}

const temporaryTypes = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'KAFKA_STORAGE_ERROR']);

function outageMessage(error: unknown): string {
  return error instanceof KafkaJSProtocolError && error.type === 'UNKNOWN_TOPIC_OR_PARTITION'
    ? 'a topic is missing (`etl topics` creates it): waiting'
    : 'Kafka is away: waiting';
}

function describe(error: unknown): string {
  if (error instanceof KafkaJSProtocolError) return error.type;
  return error instanceof Error ? error.message : String(error);
}
