import { ConfigError, type Logger } from '@pulse/runtime';

import type { Config } from './config.ts';
import { createHealth } from './health.ts';
import { sendHistory } from './history.ts';
import { openPublisher } from './kafka/publisher.ts';
import { KafkaRefusalError } from './kafka/retry.ts';
import { openLedger } from './ledger.ts';
import { createPace } from './pace.ts';
import { productionRefusal } from './production.ts';
import { run } from './run.ts';
import type { Summary } from './summary.ts';
import { createTally, type Tally } from './tally.ts';
import { eventTimes } from './traffic/rhythm.ts';
import { createTraffic } from './traffic/traffic.ts';

/** How long a stop waits for messages in flight. A container is killed after 10 s. */
const stopTimeoutMs = 5_000;

export interface ProduceResult {
  /** Counts what was acknowledged, before the failure if there was one. */
  readonly summary: Summary;
  /** Kafka's final refusal, or ours of production's Kafka. */
  readonly failure?: KafkaRefusalError | ConfigError;
}

export interface ProduceOptions {
  readonly logger: Logger;
  /** Ends the run. */
  readonly stop: AbortSignal;
}

/** One run: connects, sends, and counts. */
export async function produce(config: Config, options: ProduceOptions): Promise<ProduceResult> {
  using ledger = openLedger(config.ledgerFile);
  const tally = createTally({ ledger, health: createHealth(config.healthFile), logger: options.logger });
  options.logger.info(
    { brokers: config.brokers, topic: config.topics.transactions, seed: config.seed, pace: config.pace },
    'producing transactions',
  );
  try {
    await connectAndSend(config, tally, options);
    return { summary: tally.summary(config.seed) };
  } catch (error) {
    if (!(error instanceof KafkaRefusalError || error instanceof ConfigError)) throw error;
    return { summary: tally.summary(config.seed), failure: error };
  }
}

async function connectAndSend(config: Config, tally: Tally, { logger, stop }: ProduceOptions): Promise<void> {
  const { topics, seed, count, timeSpan } = config;
  await using publisher = await openPublisher({
    brokers: config.brokers,
    topics: Object.values(topics),
    logger,
    signal: stop,
    productionRefusal: productionRefusal(config),
  }).catch((error: unknown) => {
    if (stop.aborted) return undefined;
    throw error;
  });
  if (publisher === undefined) return;
  const traffic = createTraffic({
    seed,
    customerCount: config.customerCount,
    ...config.ratios,
    malformedKinds: config.malformedKinds,
  });
  const sending = { publisher, tally, topics, stop, giveUp: delayed(stop, stopTimeoutMs) };
  await sendHistory(config, { ...sending, traffic, logger });
  const eventTimeMs = timeSpan === undefined ? Date.now : eventTimes(timeSpan.startMs, timeSpan.spanMs, count);
  await run({
    ...sending,
    nextRecord: () => traffic.next(eventTimeMs()),
    pace: createPace(config.pace, seed),
    count,
  });
}

/** A signal that fires some time after another one. */
function delayed(signal: AbortSignal, delayMs: number): AbortSignal {
  const controller = new AbortController();
  signal.addEventListener('abort', () => setTimeout(() => controller.abort(signal.reason), delayMs), { once: true });
  return controller.signal;
}
