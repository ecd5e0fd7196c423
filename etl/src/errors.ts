import type { IncidentDetails } from '@pulse/migrations/schema';
import { exitCode, ConfigError, type ExitCode } from '@pulse/runtime';

import { protocolErrorOf } from './kafka/protocol-errors.ts';

/** An integrity stop as `etl_incidents` keeps it. */
export interface IncidentFacts {
  readonly kind: string;
  readonly topic: string;
  /** Null where the whole topic is concerned. */
  readonly partition: number | null;
  readonly fromOffset?: bigint | null;
  readonly nextOffset?: bigint | null;
  /** Offsets that can no longer be read; null when unknown. */
  readonly lostCount?: number | null;
  readonly message: string;
  readonly details?: IncidentDetails;
}

/** An incident that is open: just opened, or seen before. */
export interface ReportedIncident {
  readonly incidentId: number;
  readonly isNew: boolean;
}

/**
 * What is stored and what is read no longer fit together. Never retried; `remedy` names the way on. Whoever ends the step
 * opens its incidents.
 */
export class IntegrityError extends Error {
  override readonly name = 'IntegrityError';
  readonly kind: string;
  readonly remedy: string;
  readonly incidents: readonly IncidentFacts[];
  /** The rows of its incidents, once they are open. */
  readonly reported: readonly ReportedIncident[];

  constructor(
    kind: string,
    message: string,
    remedy: string,
    incidents: readonly IncidentFacts[],
    reported: readonly ReportedIncident[] = [],
  ) {
    super(message);
    this.kind = kind;
    this.remedy = remedy;
    this.incidents = incidents;
    this.reported = reported;
  }

  /** The same stop, its incidents now open. */
  reportedAs(reported: readonly ReportedIncident[]): IntegrityError {
    return new IntegrityError(this.kind, this.message, this.remedy, this.incidents, reported);
  }
}

/** The command that accepts what is lost of a partition. */
export function acceptLoss(partition: number): string {
  return `etl resume --accept-loss --partition ${partition} --reason "…"`;
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
    const protocolError = protocolErrorOf(cause);
    if (protocolError !== undefined) return protocolError.kind;
    if (cause instanceof UsageError || cause instanceof ConfigError || isMisconfigured(cause)) return 'usage';
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

/** The integrity stop among an error and its causes. */
export function integrityStopOf(error: unknown): IntegrityError | undefined {
  return causes(error).find((cause) => cause instanceof IntegrityError);
}

/** The way on from a failure, where somebody has to go it. */
export function remedyOf(error: unknown): string | undefined {
  for (const cause of causes(error)) {
    if (cause instanceof IntegrityError) return cause.remedy;
    const remedy =
      protocolErrorOf(cause)?.remedy ?? remedies[codeOf(cause) ?? ''] ?? kafkajsRemedies.get(nameOf(cause));
    if (remedy !== undefined) return remedy;
  }
  return undefined;
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

/** An order that another batch has loaded meanwhile: PostgreSQL's unique_violation of the facts' primary key. */
export function isLoadedMeanwhile(error: unknown): boolean {
  return causes(error).some((cause) => codeOf(cause) === '23505' && constraintOf(cause) === 'transactions_pkey');
}

/** PostgreSQL refuses a row for what it holds: bad data (22), a constraint (23), or a trigger's own exception (P0). */
export function isRowRefusal(error: unknown): boolean {
  return causes(error).some((cause) => /^(22|23|P0)...$/.test(codeOf(cause) ?? '')) && !isLoadedMeanwhile(error);
}

/** PostgreSQL can not read what it was sent (protocol violation): rows of a damaged file, or a fault of the connection. */
export function isUnreadable(error: unknown): boolean {
  return causes(error).some((cause) => codeOf(cause) === '08P01');
}

/** The disk, or this user's share of it, is full. */
export function isDiskFull(error: unknown): boolean {
  return causes(error).some((cause) => isDiskFullCode(codeOf(cause)));
}

/** A file or folder that this account may not write to, or read. */
export function isNotAllowed(error: unknown): boolean {
  return causes(error).some((cause) => remedies[codeOf(cause) ?? ''] === letItWrite);
}

/** The same of an error's code, as the ledger keeps it. */
export function isDiskFullCode(code: string | null | undefined): boolean {
  return code === 'ENOSPC' || code === 'EDQUOT';
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
    cause = cause instanceof Error ? (cause.cause ?? firstOf(cause)) : undefined;
  }
  return chain;
}

/** Of several errors in one, as kafkajs throws them where one request is about several topics. */
function firstOf(error: Error): unknown {
  return 'errors' in error && Array.isArray(error.errors) ? error.errors[0] : undefined;
}

function constraintOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'constraint' in error ? error.constraint : undefined;
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('type' in error && typeof error.type === 'string') return error.type;
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/**
 * Errno names, and PostgreSQL's: class 08 (connection), 25P03 and 25P04 (a transaction that idled or took too long),
 * 40 (rollback), 53 (resources), 55P03 (lock), 57014 (cancelled), 57P (operator), 58030 (I/O).
 */
const temporaryCode =
  /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENOTFOUND|EAI_AGAIN|ENOSPC|EDQUOT|EMFILE|ENFILE|08...$|25P0[34]$|40...$|53...$|55P03$|57014$|57P..$|58030$|XX001$)/;

const runTheMigrator = 'bring the schema up to date: run the migrator (make db-migrate)';

const letItWrite = 'let the account that runs this write there, or name another folder';

/** SQLSTATEs and errno names that tell of a wrong setting, right or a missing migration, each with the way on. */
const remedies: Readonly<Record<string, string>> = {
  EACCES: letItWrite,
  EPERM: letItWrite,
  EROFS: letItWrite,
  ENOTDIR: letItWrite,
  '28P01': 'check WAREHOUSE_ETL_USER and WAREHOUSE_ETL_PASSWORD, or those in WAREHOUSE_DATABASE_URL',
  '28000': 'check WAREHOUSE_ETL_USER and WAREHOUSE_ETL_PASSWORD, or those in WAREHOUSE_DATABASE_URL',
  '3D000': 'check WAREHOUSE_DB_NAME, or the name in WAREHOUSE_DATABASE_URL',
  '42P01': runTheMigrator,
  '42703': runTheMigrator,
  '42501': `the role lacks a right that the migrator grants; ${runTheMigrator}`,
};

/** What kafkajs itself finds wrong about the broker, each with the way on. */
const kafkajsRemedies: ReadonlyMap<string, string> = new Map([
  [
    'KafkaJSSASLAuthenticationError',
    "check how the broker's listener authenticates: the pipeline connects without SASL",
  ],
  ['KafkaJSServerDoesNotSupportApiKey', 'the broker is older than this release needs: Kafka 2.4 or later'],
]);

function isMisconfigured(error: unknown): boolean {
  return Object.hasOwn(remedies, codeOf(error) ?? '') || kafkajsRemedies.has(nameOf(error));
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

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
