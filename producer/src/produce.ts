import { ConfigError, type Logger } from '@pulse/runtime';

import type { Config } from './config.ts';
import { createHealth } from './health.ts';
import { KafkaRefusalError } from './kafka/outage.ts';
import { openPublisher } from './kafka/publisher.ts';
import { openLedger } from './ledger.ts';
import { createPace } from './pace.ts';
import { run } from './run.ts';
import type { Summary } from './summary.ts';
import { createTally, type Tally } from './tally.ts';
import { eventTimes } from './traffic/rhythm.ts';
import { createTraffic } from './traffic/traffic.ts';

/** How long what is under way is waited for after a stop. Below the 10 s that containers are given. */
const stopTimeoutMs = 5_000;

export interface Produced {
  readonly summary: Summary;
  /** Set when Kafka refused for good, or is refused as production's; the summary counts what was acknowledged before. */
  readonly failure?: KafkaRefusalError | ConfigError;
}

/** One run from connecting to the summary. */
export async function produce(
  config: Config,
  { logger, stop }: { readonly logger: Logger; readonly stop: AbortSignal },
): Promise<Produced> {
  using ledger = openLedger(config.ledgerFile);
  const tally = createTally({ ledger, health: createHealth(config.healthFile), logger });
  logger.info(
    { brokers: config.brokers, topic: config.topics.transactions, seed: config.seed, pace: config.pace },
    'traffic begins',
  );
  try {
    await connectAndRun(config, tally, { logger, stop });
    return { summary: tally.summary(config.seed) };
  } catch (error) {
    if (!(error instanceof KafkaRefusalError || error instanceof ConfigError)) throw error;
    return { summary: tally.summary(config.seed), failure: error };
  }
}

async function connectAndRun(
  config: Config,
  tally: Tally,
  { logger, stop }: { readonly logger: Logger; readonly stop: AbortSignal },
): Promise<void> {
  const { topics, seed, count, timeSpan } = config;
  await using publisher = await openPublisher({
    brokers: config.brokers,
    topics: Object.values(topics),
    logger,
    signal: stop,
    isProductionRefused: !config.isProductionAllowed,
  }).catch((error: unknown) => {
    if (stop.aborted) return undefined;
    throw error;
  });
  if (publisher === undefined) return;
  await run({
    traffic: createTraffic({
      seed,
      customerCount: config.customerCount,
      ...config.shares,
      malformedKinds: config.malformedKinds,
    }),
    pace: createPace(config.pace, seed),
    publisher,
    tally,
    topics,
    count,
    eventTimeMs: timeSpan === undefined ? Date.now : eventTimes(timeSpan.startMs, timeSpan.spanMs, count),
    stop,
    giveUp: delayed(stop, stopTimeoutMs),
  });
}

/** Fires some time after another signal. */
function delayed(signal: AbortSignal, delayMs: number): AbortSignal {
  const controller = new AbortController();
  signal.addEventListener('abort', () => setTimeout(() => controller.abort(signal.reason), delayMs), { once: true });
  return controller.signal;
}
