import { exitCode, type ExitCode } from '@pulse/runtime';

import { failureOf, type FailureKind } from '../failures/failure.ts';
import { kafkaFailureOf } from '../kafka/kafka-errors.ts';
import { warehouseFailureOf } from '../warehouse/warehouse-errors.ts';

/** The kind of any failure: the one place that decides what is retried. */
export function failureKind(error: unknown): FailureKind {
  return failureOf(error, kafkaFailureOf, warehouseFailureOf).kind;
}

/** What to do about a failure, where a person has to act. */
export function remedyOf(error: unknown): string | undefined {
  return failureOf(error, kafkaFailureOf, warehouseFailureOf).remedy;
}

/** The exit code of a failure: see `exitCode` of @pulse/runtime. */
export function exitCodeOf(error: unknown): ExitCode {
  const kind = failureKind(error);
  switch (kind) {
    case 'integrity':
      return exitCode.integrity;
    case 'temporary':
      return exitCode.temporaryFailure;
    case 'usage':
      return exitCode.usage;
    case 'bug':
      return exitCode.bug;
    default:
      return kind satisfies never;
  }
}
