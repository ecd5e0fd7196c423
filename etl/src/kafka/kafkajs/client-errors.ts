import type { Failure } from '../../failures/failure.ts';
import { protocolErrors, unknownServerError, unsupportedBroker, wrongLogin } from '../protocol-errors.ts';

/** What follows from an error of kafkajs; undefined for any other error. */
export function clientFailureOf(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('type' in error && 'code' in error && typeof error.code === 'number') {
    return protocolErrors.get(error.code) ?? protocolErrors.get(unknownServerError);
  }
  if (!error.name.startsWith('KafkaJS')) return undefined;
  const remedy = remedies.get(error.name);
  if (remedy !== undefined) return { kind: 'usage', remedy };
  const isTemporary =
    error.name === 'KafkaJSNumberOfRetriesExceeded' || ('retriable' in error && error.retriable === true);
  return isTemporary ? { kind: 'temporary' } : undefined;
}

/** What kafkajs itself finds wrong about the broker, each with the way on. */
const remedies: ReadonlyMap<string, string> = new Map([
  ['KafkaJSSASLAuthenticationError', wrongLogin],
  ['KafkaJSServerDoesNotSupportApiKey', unsupportedBroker],
]);
