import { exitCode, ConfigError, type ExitCode } from '@pulse/runtime';

/** What is stored and what is read no longer fit together. Never retried; `remedy` names the way on. */
export class IntegrityError extends Error {
  override readonly name = 'IntegrityError';
  readonly kind: string;
  readonly remedy: string;

  constructor(kind: string, message: string, remedy: string) {
    super(message);
    this.kind = kind;
    this.remedy = remedy;
  }
}

/** Kafka, PostgreSQL or the disk is away for now. Worth a retry; nothing is quarantined for it. */
export class TemporaryError extends Error {
  override readonly name = 'TemporaryError';
}

/** A command, flag or argument that can not be carried out as given. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The kinds of failure that a step can end with. Bad data is none of them: it is a value, and goes to quarantine. */
export type FailureKind = 'integrity' | 'temporary' | 'usage' | 'bug';

/** The one place where it is decided what is tried again. */
export function failureKind(error: unknown): FailureKind {
  for (const cause of causes(error)) {
    if (cause instanceof IntegrityError) return 'integrity';
    if (cause instanceof UsageError || cause instanceof ConfigError) return 'usage';
    if (cause instanceof TemporaryError || isTemporary(cause)) return 'temporary';
  }
  return 'bug';
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

/** A short stable name of what went wrong, for the ledger: SQLSTATE, errno or class name. */
export function errorCodeOf(error: unknown): string {
  for (const cause of causes(error)) {
    if (cause instanceof IntegrityError) return cause.kind;
    const code = codeOf(cause);
    if (code !== undefined) return code;
  }
  return error instanceof Error ? error.name : 'unknown';
}

/** The error's own words, and those of what caused it, without the SQL that drizzle puts in front. */
export function errorMessageOf(error: unknown): string {
  const messages = causes(error)
    .filter((cause) => !isDrizzleQueryError(cause))
    .map((cause) => (cause instanceof Error ? cause.message || cause.name : String(cause)));
  return [...new Set(messages)].join(': ');
}

/** drizzle wraps every failed query; its message is the whole SQL text. */
function isDrizzleQueryError(error: unknown): boolean {
  return error instanceof Error && 'query' in error && 'params' in error;
}

/** PostgreSQL's unique_violation. */
export function isUniqueViolation(error: unknown): boolean {
  return causes(error).some((cause) => codeOf(cause) === '23505');
}

/** The disk, or this user's share of it, is full. */
export function isDiskFull(error: unknown): boolean {
  return causes(error).some((cause) => ['ENOSPC', 'EDQUOT'].includes(codeOf(cause) ?? ''));
}

/** A file or folder that was expected is not there. */
export function isMissingFile(error: unknown): boolean {
  return causes(error).some((cause) => codeOf(cause) === 'ENOENT');
}

const causeDepthMax = 8;

function causes(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let cause = error; cause !== undefined && cause !== null && chain.length < causeDepthMax;) {
    chain.push(cause);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return chain;
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('type' in error && typeof error.type === 'string') return error.type;
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Errno names, and PostgreSQL's classes 08 (connection), 53 (resources), 55P03 and 57P (operator), 40 (rollback). */
const temporaryCode =
  /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENOTFOUND|EAI_AGAIN|ENOSPC|EDQUOT|EMFILE|ENFILE|08...$|53...$|57P..$|40...$|55P03$|58030$|XX001$)/;

/** What pg says when the connection breaks in the middle of something: it has no code. */
const brokenConnection =
  /^(Connection terminated|Client has encountered a connection error|timeout expired|Query read timeout)/;

function isTemporary(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined && temporaryCode.test(code)) return true;
  if (!(error instanceof Error)) return false;
  if (brokenConnection.test(error.message)) return true;
  if (!error.name.startsWith('KafkaJS')) return false;
  if (error.name === 'KafkaJSNumberOfRetriesExceeded') return true;
  return 'retriable' in error && error.retriable === true;
}
