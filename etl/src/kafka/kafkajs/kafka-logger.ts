import type { Logger } from '@pulse/runtime';
import type { LogEntry } from 'kafkajs';

/** Sends kafkajs's messages to the logger, at debug: what matters of them is thrown as an error as well. */
export function kafkaLogCreator(logger: Logger) {
  return () =>
    ({ namespace, log }: LogEntry): void => {
      const { message, error, broker } = log;
      logger.debug({ kafka: namespace, broker, error }, message);
    };
}
