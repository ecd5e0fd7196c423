import { failureOf } from '../failures/failure.ts';
import { clientFailureOf } from './kafkajs/client-errors.ts';

/** What follows from an error of a broker or of the client library; undefined for any other error. */
export const kafkaFailureOf = clientFailureOf;

/** Whether what has failed with Kafka is worth a retry. */
export function isTemporaryOfKafka(error: unknown): boolean {
  return failureOf(error, kafkaFailureOf).kind === 'temporary';
}
