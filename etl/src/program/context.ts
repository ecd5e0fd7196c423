import type { Logger } from '@pulse/runtime';

import type { Config } from '../settings/config.ts';
import type { Batch } from '../batch/batch.ts';
import { stagingIdentity } from '../batch/staging-identity.ts';
import { BatchStaging } from '../staging/staging.ts';
import { connectKafkaSource, type KafkaSource } from '../kafka/kafka-source.ts';
import type { Warehouse } from '../warehouse/connection.ts';

/** What every step works with. Kafka is connected to when a step first needs it, for most do not. */
export interface Context extends AsyncDisposable {
  readonly config: Config;
  readonly logger: Logger;
  readonly warehouse: Warehouse;
  readonly onProgress: Progress;
  kafka(): Promise<KafkaSource>;
  staging(batch: Batch): BatchStaging;
}

/** Called now and then with how much of a step is done. */
export type Progress = (step: string, done: number, total: number) => void;

export function createContext(
  config: Config,
  logger: Logger,
  warehouse: Warehouse,
  onProgress: Progress = () => undefined,
): Context {
  let source: Promise<KafkaSource> | undefined;
  const disposal = new AbortController();
  return {
    config,
    logger,
    warehouse,
    onProgress,
    kafka: async () => {
      source ??= connectKafkaSource(config.kafka, logger, disposal.signal).catch((error: unknown) => {
        // A later call may succeed.
        source = undefined;
        throw error;
      });
      return source;
    },
    staging: (batch) => {
      const identity = stagingIdentity(batch, config.codeVersion);
      return new BatchStaging(config.stagingDir, batch.batchId, identity);
    },
    [Symbol.asyncDispose]: async () => {
      // A source that failed has nothing to close, and its error was thrown where it was needed.
      disposal.abort();
      const connected = await source?.catch(() => undefined);
      await connected?.[Symbol.asyncDispose]();
    },
  };
}
