import type { Logger } from '@pulse/runtime';
import type { LogEntry } from 'kafkajs';

/** Sends kafkajs's own words to the logger, at debug: what matters of them comes back as an error. */
export function kafkaLogCreator(logger: Logger) {
  return () =>
    ({ namespace, log }: LogEntry): void => {
      const { message, error, broker } = log;
      logger.debug({ kafka: namespace, broker, error }, message);
    };
}
