import { ConfigError, exitCode, type ExitCode } from '@pulse/runtime';
import { DrizzleQueryError } from 'drizzle-orm';
import { DatabaseError } from 'pg';

/** The database is unavailable, not ready or busy: worth a retry. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
}

/** The exit code for an error that ended a command. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof ConfigError) return exitCode.usage;
  return isTemporary(error) ? exitCode.temporaryFailure : exitCode.bug;
}

/** One line: drizzle's message is the whole statement, so this takes the database's message. */
export function describeFailure(error: unknown): string {
  const cause = underlying(error);
  if (cause instanceof DatabaseError) {
    return [cause.message, cause.detail, cause.hint].filter((part) => part !== undefined).join('; ');
  }
  return cause instanceof Error ? cause.message : String(cause);
}

/** True if the database is unavailable, starting, stopping or busy: the same command may work later. */
export function isTemporary(error: unknown): boolean {
  const cause = underlying(error);
  if (cause instanceof UnavailableError) return true;
  const code = errorCode(cause);
  if (code !== undefined) return temporaryCode.test(code);
  return cause instanceof Error && lostConnection.test(cause.message);
}

/**
 * Network errors of Node, and classes of SQLSTATE: 08 connection, 40 rollback (deadlock), 53 resources, 55P03 lock
 * time-out, 57P server starting or stopping, 3D000 the database does not exist yet.
 */
const temporaryCode = /^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|08|40|53|55P03|57P|3D000)/;

/** pg's messages, without a code, for a connection that ends during a query. */
const lostConnection = /connection terminated|timeout expired|not queryable|client was closed/i;

function underlying(error: unknown): unknown {
  return error instanceof DrizzleQueryError ? error.cause : error;
}

function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
