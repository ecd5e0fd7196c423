import { IntegrityError } from './errors.ts';

const causeDepthMax = 8;

/** An error and what caused it, outermost first. */
export function causesOf(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let cause = error; cause !== undefined && cause !== null && chain.length < causeDepthMax;) {
    chain.push(cause);
    cause = cause instanceof Error ? (cause.cause ?? firstOf(cause)) : undefined;
  }
  return chain;
}

/** The first of several errors in one, as a request about several topics may throw them. */
function firstOf(error: Error): unknown {
  return 'errors' in error && Array.isArray(error.errors) ? error.errors[0] : undefined;
}

/** The code that one error carries: SQLSTATE, errno or the name of a Kafka error; undefined without one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('type' in error && typeof error.type === 'string') return error.type;
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** A short stable name of what went wrong, for the ledger: SQLSTATE, errno or class name. */
export function errorCodeOf(error: unknown): string {
  for (const cause of causesOf(error)) {
    if (cause instanceof IntegrityError) return cause.kind;
    const code = codeOf(cause);
    if (code !== undefined) return code;
  }
  return error instanceof Error ? error.name : 'unknown';
}

/** The integrity stop among an error and its causes. */
export function integrityStopOf(error: unknown): IntegrityError | undefined {
  return causesOf(error).find((cause) => cause instanceof IntegrityError);
}

/** The error's own message, and those of what caused it, without the SQL that drizzle puts in front. */
export function errorMessageOf(error: unknown): string {
  const messages = causesOf(error)
    .filter((cause) => !isDrizzleQueryError(cause))
    .map((cause) => (cause instanceof Error ? cause.message || cause.name : String(cause)));
  return [...new Set(messages)].join(': ');
}

/** drizzle wraps every failed query; its message is the whole SQL text. */
function isDrizzleQueryError(error: unknown): boolean {
  return error instanceof Error && 'query' in error && 'params' in error;
}
