import { ConfigError, type Logger } from '@pulse/runtime';

import type { Config } from './config.ts';
import { createHealth } from './health.ts';
import { KafkaRefusalError } from './kafka/outage.ts';
import { openPublisher } from './kafka/publisher.ts';
import { openLedger } from './ledger.ts';
import { historyTimes } from './history.ts';
import { createPace } from './pace.ts';
import { productionRefusal } from './production.ts';
import { run, type RunOptions } from './run.ts';
import type { Summary } from './summary.ts';
import { createTally, type Tally } from './tally.ts';
import { eventTimes } from './traffic/rhythm.ts';
import { createTraffic, type Traffic } from './traffic/traffic.ts';

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
  await using publisher = await openPublisher({
    brokers: config.brokers,
    topics: Object.values(config.topics),
    logger,
    signal: stop,
    productionRefusal: productionRefusal(config),
  }).catch((error: unknown) => {
    if (stop.aborted) return undefined;
    throw error;
  });
  if (publisher === undefined) return;
  const traffic = createTraffic({
    seed: config.seed,
    customerCount: config.customerCount,
    ...config.shares,
    malformedKinds: config.malformedKinds,
  });
  const sending = { publisher, tally, topics: config.topics, stop, giveUp: delayed(stop, stopTimeoutMs) };
  await sendHistory(config, traffic, { ...sending, logger });
  const { count, timeSpan } = config;
  const eventTimeMs = timeSpan === undefined ? Date.now : eventTimes(timeSpan.startMs, timeSpan.spanMs, count);
  await run({
    ...sending,
    nextRecord: () => traffic.next(eventTimeMs()),
    pace: createPace(config.pace, config.seed),
    count,
  });
}

/**
 * Sends at once what would have been sold until now, where the topic is new: a producer that starts again, or that was stopped
 * in the middle of it, does not sell the same hours twice.
 */
async function sendHistory(
  { history, seed, topics }: Config,
  traffic: Traffic,
  { logger, ...sending }: Omit<RunOptions, 'nextRecord' | 'pace' | 'count'> & { readonly logger: Logger },
): Promise<void> {
  if (history === undefined) return;
  if (!sending.publisher.newTopics.has(topics.transactions)) {
    logger.info({ topic: topics.transactions }, 'the topic has held transactions before: no history is sent');
    return;
  }
  const endMs = Date.now();
  const times = historyTimes({ startMs: endMs - history.hours * 3_600_000, endMs, pace: history.pace, seed });
  const time = times.values();
  await run({
    ...sending,
    nextRecord: () => traffic.nextOfHistory(time.next().value ?? endMs),
    pace: createPace({ kind: 'flat_out' }, seed),
    count: times.length,
  });
  logger.info({ hours: history.hours, messages: times.length, ms: Date.now() - endMs }, 'history sent');
}

/** Fires some time after another signal. */
function delayed(signal: AbortSignal, delayMs: number): AbortSignal {
  const controller = new AbortController();
  signal.addEventListener('abort', () => setTimeout(() => controller.abort(signal.reason), delayMs), { once: true });
  return controller.signal;
}
