import { failureOf, type Failure } from '../failures/failure.ts';
import { protocolErrorOf, unsupportedBroker, wrongLogin } from './protocol-errors.ts';

/** What follows from an error of kafkajs; undefined for any other error. */
export function kafkaFailureOf(error: unknown): Failure | undefined {
  const protocolError = protocolErrorOf(error);
  if (protocolError !== undefined) return protocolError;
  if (!(error instanceof Error) || !error.name.startsWith('KafkaJS')) return undefined;
  const remedy = remedies.get(error.name);
  if (remedy !== undefined) return { kind: 'usage', remedy };
  const isTemporary =
    error.name === 'KafkaJSNumberOfRetriesExceeded' || ('retriable' in error && error.retriable === true);
  return isTemporary ? { kind: 'temporary' } : undefined;
}

/** Whether what has failed with Kafka is worth a retry. */
export function isTemporaryOfKafka(error: unknown): boolean {
  return failureOf(error, kafkaFailureOf).kind === 'temporary';
}

/** What kafkajs itself finds wrong about the broker, each with the way on. */
const remedies: ReadonlyMap<string, string> = new Map([
  ['KafkaJSSASLAuthenticationError', wrongLogin],
  ['KafkaJSServerDoesNotSupportApiKey', unsupportedBroker],
]);
