import pRetry from 'p-retry';

import { errorMessageOf } from './error-chain.ts';
import { TemporaryError } from './errors.ts';

export interface RetryOptions {
  /** How long to go on after the first failure, in milliseconds. */
  readonly waitMaxMs: number;
  /** What is tried, for messages: "reaching Kafka at 127.0.0.1:9092". */
  readonly what: string;
  /** Whether a failure is worth a retry. */
  readonly isTemporary: (error: unknown) => boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onRetry?: (error: unknown, attempt: number) => void;
}

const waitFirstMs = 100;
const waitLongestMs = 2000;
const attemptsMax = 1000;

/**
 * Tries again, with growing waits, while what fails is worth a retry and the time allows.
 * @throws TemporaryError with the last failure as its cause when the time is over; any other error at once.
 */
export async function retrying<Result>(attempt: () => Promise<Result>, options: RetryOptions): Promise<Result> {
  const { waitMaxMs, what, isTemporary, signal, onRetry } = options;
  try {
    return await pRetry(attempt, {
      retries: attemptsMax,
      minTimeout: waitFirstMs,
      maxTimeout: waitLongestMs,
      maxRetryTime: waitMaxMs,
      ...(signal === undefined ? {} : { signal }),
      shouldRetry: ({ error }) => isTemporary(error),
      onFailedAttempt: ({ error, attemptNumber }) => onRetry?.(error, attemptNumber),
    });
  } catch (error) {
    if (!isTemporary(error)) throw error;
    const seconds = Math.round(waitMaxMs / 1000);
    throw new TemporaryError(`${what} failed for ${seconds} s: ${errorMessageOf(error)}`, { cause: error });
  }
}
