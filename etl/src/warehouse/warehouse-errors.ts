import { causesOf, codeOf } from '../failures/error-chain.ts';
import { failureOf, type Failure } from '../failures/failure.ts';

/** What follows from an error of PostgreSQL or of its client; undefined for any other error. */
export function warehouseFailureOf(error: unknown): Failure | undefined {
  const code = codeOf(error) ?? '';
  const remedy = remedies.get(code);
  if (remedy !== undefined) return { kind: 'usage', remedy };
  const isTemporary = temporaryCode.test(code) || (error instanceof Error && brokenConnection.test(error.message));
  return isTemporary ? { kind: 'temporary' } : undefined;
}

/** Whether what has failed with the warehouse is worth a retry. */
export function isTemporaryOfWarehouse(error: unknown): boolean {
  return failureOf(error, warehouseFailureOf).kind === 'temporary';
}

/** An order that another batch has loaded meanwhile: PostgreSQL's unique_violation of the transactions' primary key. */
export function isLoadedMeanwhile(error: unknown): boolean {
  return causesOf(error).some((cause) => codeOf(cause) === '23505' && constraintOf(cause) === 'transactions_pkey');
}

/** PostgreSQL refuses a row for what it holds: bad data (22), a constraint (23), or a trigger's own exception (P0). */
export function isRowRefusal(error: unknown): boolean {
  return causesOf(error).some((cause) => /^(22|23|P0)...$/.test(codeOf(cause) ?? '')) && !isLoadedMeanwhile(error);
}

/** PostgreSQL can not read what it was sent (protocol violation): rows of a damaged file, or an error of the connection. */
export function isUnreadable(error: unknown): boolean {
  return causesOf(error).some((cause) => codeOf(cause) === '08P01');
}

function constraintOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'constraint' in error ? error.constraint : undefined;
}

/**
 * SQLSTATEs of class 08 (connection), 25P03 and 25P04 (a transaction that idled or took too long), 40 (rollback),
 * 53 (resources), 55P03 (lock), 57014 (cancelled), 57P (operator), 58030 (I/O).
 */
const temporaryCode = /^(08...|25P0[34]|40...|53...|55P03|57014|57P..|58030|XX001)$/;

/** What pg reports when the connection breaks in the middle of something: it has no code. */
const brokenConnection =
  /^(Connection terminated|Client has encountered a connection error|timeout expired|Query read timeout)/;

const checkLogin = 'check WAREHOUSE_ETL_USER and WAREHOUSE_ETL_PASSWORD, or those in WAREHOUSE_DATABASE_URL';

const runTheMigrator = 'bring the schema up to date: run the migrator (make db-migrate)';

/** SQLSTATEs of a wrong setting, right or a missing migration, each with the way on. */
const remedies: ReadonlyMap<string, string> = new Map([
  ['28P01', checkLogin],
  ['28000', checkLogin],
  ['3D000', 'check WAREHOUSE_DB_NAME, or the name in WAREHOUSE_DATABASE_URL'],
  ['42P01', runTheMigrator],
  ['42703', runTheMigrator],
  ['42501', `the role lacks a right that the migrator grants; ${runTheMigrator}`],
]);
