import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from '@pulse/runtime';
import kafkajs from 'kafkajs';

// Node.js does not find these among the named exports of a CommonJS module.
const { KafkaJSError, KafkaJSNonRetriableError, KafkaJSProtocolError } = kafkajs;

const pauseMsMin = 200;
const pauseMsMax = 2_000;

/** Kafka's final answer: the same call would fail again. */
export class KafkaRefusalError extends Error {
  override readonly name = 'KafkaRefusalError';
}

/** Repeats a call until it succeeds; see `createRetry`. */
export type Retry = <Result>(call: () => Promise<Result>, signal: AbortSignal) => Promise<Result>;

/**
 * Repeats a call without a limit of time: Kafka may be unreachable, or a topic not created yet. The start and the end of an
 * outage are one log line each, for all calls together. The signal ends the wait: the call rejects with its reason.
 * @throws KafkaRefusalError where Kafka answered and the answer is final.
 */
export function createRetry(logger: Logger): Retry {
  let unreachableSinceMs: number | undefined;

  function noteFailure(cause: unknown): void {
    if (unreachableSinceMs !== undefined) return;
    unreachableSinceMs = Date.now();
    logger.warn({ error: describe(cause) }, outageMessage(cause));
  }

  function noteSuccess(): void {
    if (unreachableSinceMs === undefined) return;
    logger.info({ outageMs: Date.now() - unreachableSinceMs }, 'Kafka is available again');
    unreachableSinceMs = undefined;
  }

  return async (call, signal) => {
    for (let pauseMs = pauseMsMin; ; pauseMs = Math.min(pauseMs * 2, pauseMsMax)) {
      signal.throwIfAborted();
      try {
        const result = await call();
        noteSuccess();
        return result;
      } catch (error) {
        const cause = rootCause(error);
        if (!isTemporary(cause)) throw new KafkaRefusalError(`Kafka refuses: ${describe(cause)}`, { cause: error });
        noteFailure(cause);
      }
      await sleep(pauseMs, undefined, { signal });
    }
  };
}

/** The first error: each layer of kafkajs that gives up wraps it once more. */
export function rootCause(error: unknown): unknown {
  return error instanceof KafkaJSNonRetriableError && error.cause !== undefined ? rootCause(error.cause) : error;
}

/** Whether a retry can succeed: lost connections, time-outs, elections, a topic that does not exist yet. */
export function isTemporary(error: unknown): boolean {
  if (error instanceof KafkaJSProtocolError) return error.retriable || temporaryTypes.has(error.type);
  if (error instanceof KafkaJSError) return error.retriable;
  // Errors of a socket have a code; one without, such as a TypeError, is a bug.
  return error instanceof Error && 'code' in error;
}

const temporaryTypes = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'KAFKA_STORAGE_ERROR']);

function outageMessage(error: unknown): string {
  return error instanceof KafkaJSProtocolError && error.type === 'UNKNOWN_TOPIC_OR_PARTITION'
    ? 'a topic is missing (`etl topics` creates it): waiting'
    : 'Kafka is unreachable: waiting';
}

function describe(error: unknown): string {
  if (error instanceof KafkaJSProtocolError) return error.type;
  return error instanceof Error ? error.message : String(error);
}
