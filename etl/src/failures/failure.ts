import { ConfigError } from '@pulse/runtime';

import { causesOf } from './error-chain.ts';
import { IntegrityError, TemporaryError, UsageError } from './errors.ts';
import { systemFailureOf } from './system-errors.ts';

/** The kinds of failure that a step can end with. Bad data is none of them: it is a value, and goes to quarantine. */
export type FailureKind = 'integrity' | 'temporary' | 'usage' | 'bug';

/** What follows from an error: only a temporary one is worth a retry. */
export interface Failure {
  readonly kind: FailureKind;
  /** What to do, where a person has to act. */
  readonly remedy?: string | undefined;
}

/** What follows from the errors of one client library; undefined for any other error. */
export type Classify = (error: unknown) => Failure | undefined;

/** What follows from an error and its causes, each known to us, to the operating system or to one of the clients. */
export function failureOf(error: unknown, ...clients: readonly Classify[]): Failure {
  const failures = causesOf(error).flatMap((cause) => {
    const classified = [ownFailureOf, systemFailureOf, ...clients].map((classify) => classify(cause));
    return classified.find((failure) => failure !== undefined) ?? [];
  });
  const remedy = failures.find((failure) => failure.remedy !== undefined)?.remedy;
  return { kind: failures[0]?.kind ?? 'bug', remedy };
}

function ownFailureOf(error: unknown): Failure | undefined {
  if (error instanceof IntegrityError) return { kind: 'integrity', remedy: error.remedy };
  if (error instanceof UsageError || error instanceof ConfigError) return { kind: 'usage' };
  return error instanceof TemporaryError ? { kind: 'temporary' } : undefined;
}
