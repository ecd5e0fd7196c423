import { parseTimestamp, topics } from '@pulse/contract';
import { ConfigError, kafkaAddress, kafkaAddressIsOne, kafkaBrokers, logLevels, readConfig } from '@pulse/runtime';
import * as z from 'zod';

import type { FlagName } from './command-line.ts';
import type { PaceOptions } from './pace.ts';
import { isMalformedKind, malformedKinds, type MalformedKind } from './traffic/malform.ts';
import { customerCountDefault } from './traffic/population.ts';

const share = z.coerce.number('a share from 0 to 1').min(0, 'a share from 0 to 1').max(1, 'a share from 0 to 1');
const seconds = z.coerce
  .number('a number of seconds')
  .min(0, 'a number of seconds, not negative')
  .max(86_400, 'at most a day');

const historyHoursMax = 168;

const environment = z.object({
  ...kafkaAddress,
  KAFKA_TOPIC_TRANSACTIONS: z.string().default(topics.transactions),
  PRODUCER_INTERVAL_MIN: seconds.default(1),
  PRODUCER_INTERVAL_MAX: seconds.default(2),
  PRODUCER_RATE: z.coerce
    .number('messages a second')
    .positive('more than 0')
    .max(1_000_000, 'at most 1000000')
    .optional(),
  PRODUCER_COUNT: z.coerce.number('a whole number').int('a whole number').positive('more than 0').optional(),
  PRODUCER_SEED: z.coerce.number('a whole number').int('a whole number').min(0, 'not negative').optional(),
  PRODUCER_CUSTOMERS: z.coerce
    .number('a whole number')
    .int('a whole number')
    .min(1, 'more than 0')
    .max(10_000_000, 'at most 10000000')
    .default(customerCountDefault),
  PRODUCER_DUPLICATE_SHARE: share.default(0.01),
  PRODUCER_MALFORMED_SHARE: share.default(0.01),
  PRODUCER_LATE_SHARE: share.default(0.02),
  PRODUCER_FRAUD_SHARE: share.default(0.02),
  PRODUCER_MALFORMED_KIND: z
    .string()
    .optional()
    .transform((list, context) => {
      const names = list?.split(',').map((name) => name.trim()) ?? malformedKinds;
      const kinds = names.filter(isMalformedKind);
      if (kinds.length < names.length) context.addIssue(`one or more, after commas, of ${malformedKinds.join(', ')}`);
      return kinds;
    }),
  PRODUCER_START_TIME: z
    .string()
    .transform((text, context) => {
      const instant = parseTimestamp(text);
      if (typeof instant !== 'string') return instant.epochMs;
      context.addIssue('a time such as 2026-01-31T00:00:00Z');
      return z.NEVER;
    })
    .optional(),
  PRODUCER_HISTORY_HOURS: z.coerce
    .number('a number of hours')
    .min(0, 'a number of hours, not negative')
    .max(historyHoursMax, `at most ${historyHoursMax}, a week`)
    .default(0),
  PRODUCER_TIME_SPAN: z
    .string()
    .regex(/^[1-9][0-9]*[smhd]$/, 'a span such as 90s, 30m, 12h or 7d')
    .transform(spanMs)
    .optional(),
  PRODUCER_ALLOW_PRODUCTION: z.enum(['true', 'false']).default('false'),
  PRODUCER_LEDGER: z.string().optional(),
  PRODUCER_HEALTH_FILE: z.string().optional(),
  LOG_LEVEL: z.enum(logLevels).default('info'),
});

/** Every variable that the producer reads. */
export const variableNames: readonly string[] = Object.keys(environment.shape);

/** Event times spread over a span instead of the clock. */
interface TimeSpan {
  readonly startMs: number;
  readonly spanMs: number;
}

export interface Config {
  readonly brokers: readonly string[];
  readonly topics: { readonly transactions: string; readonly fraudLabels: string };
  readonly pace: PaceOptions;
  /** Infinity to go on until stopped. */
  readonly count: number;
  readonly seed: number;
  readonly customerCount: number;
  readonly shares: {
    readonly duplicateShare: number;
    readonly malformedShare: number;
    readonly lateShare: number;
    readonly fraudShare: number;
  };
  readonly malformedKinds: readonly [MalformedKind, ...MalformedKind[]];
  readonly timeSpan: TimeSpan | undefined;
  /** What comes first where the topic is new: hours of transactions, at a pace of live traffic. */
  readonly history: { readonly hours: number; readonly pace: PaceOptions } | undefined;
  readonly isProductionAllowed: boolean;
  readonly ledgerFile: string | undefined;
  readonly healthFile: string | undefined;
  readonly logLevel: (typeof logLevels)[number];
}

/** What a run needs from outside besides variables and flags. */
export interface Circumstances {
  readonly nowMs: number;
  /** Used when no seed is given. */
  readonly randomSeed: number;
}

/** Flags by the variable they override; only those that were given. */
export type Flags = Readonly<Partial<Record<FlagName, string>>>;

/**
 * The environment with flags over it.
 * @throws ConfigError naming each wrong variable, or the flag where it came from one.
 */
export function createConfig(
  variables: Readonly<Record<string, string | undefined>>,
  flags: Flags,
  { nowMs, randomSeed }: Circumstances,
): Config {
  // A flag says which broker is meant.
  const own = flags.KAFKA_BOOTSTRAP_SERVERS === undefined ? {} : { KAFKA_PORT: undefined };
  const given = readConfig(environment.superRefine(kafkaAddressIsOne), { ...variables, ...own, ...flags });
  const [firstKind, ...otherKinds] = given.PRODUCER_MALFORMED_KIND;
  if (firstKind === undefined) throw new ConfigError('PRODUCER_MALFORMED_KIND: name at least one kind');
  return {
    brokers: kafkaBrokers(given),
    topics: { transactions: given.KAFKA_TOPIC_TRANSACTIONS, fraudLabels: topics.fraudLabels },
    pace: choosePace(given, flags),
    count: given.PRODUCER_COUNT ?? Number.POSITIVE_INFINITY,
    seed: given.PRODUCER_SEED ?? randomSeed,
    customerCount: given.PRODUCER_CUSTOMERS,
    shares: readShares(given),
    malformedKinds: [firstKind, ...otherKinds],
    timeSpan: chooseTimeSpan(given, nowMs),
    history: chooseHistory(given, flags),
    isProductionAllowed: given.PRODUCER_ALLOW_PRODUCTION === 'true',
    ledgerFile: given.PRODUCER_LEDGER,
    healthFile: given.PRODUCER_HEALTH_FILE,
    logLevel: given.LOG_LEVEL,
  };
}

type Given = z.output<typeof environment>;

/** A rate wins; a count alone is sent flat out; intervals count beside it only where they come as flags. */
function choosePace(given: Given, flags: Flags): PaceOptions {
  const asked = flags.PRODUCER_INTERVAL_MIN !== undefined || flags.PRODUCER_INTERVAL_MAX !== undefined;
  const isCountAlone = given.PRODUCER_COUNT !== undefined && given.PRODUCER_RATE === undefined && !asked;
  return isCountAlone ? { kind: 'flat_out' } : steadyPace(given);
}

/** The pace of traffic that goes on for ever: a rate, or intervals. */
function steadyPace(given: Given): PaceOptions {
  const { PRODUCER_RATE: perSecond, PRODUCER_INTERVAL_MIN: minSeconds, PRODUCER_INTERVAL_MAX: maxSeconds } = given;
  if (perSecond !== undefined) return { kind: 'rate', perSecond };
  if (minSeconds > maxSeconds) {
    throw new ConfigError(`PRODUCER_INTERVAL_MIN: ${minSeconds} is more than PRODUCER_INTERVAL_MAX, ${maxSeconds}`);
  }
  return { kind: 'interval', minSeconds, maxSeconds };
}

function readShares(given: Given): Config['shares'] {
  const shares = {
    duplicateShare: given.PRODUCER_DUPLICATE_SHARE,
    malformedShare: given.PRODUCER_MALFORMED_SHARE,
    lateShare: given.PRODUCER_LATE_SHARE,
    fraudShare: given.PRODUCER_FRAUD_SHARE,
  };
  const sum = shares.duplicateShare + shares.malformedShare;
  if (sum > 1) {
    throw new ConfigError(`PRODUCER_DUPLICATE_SHARE and PRODUCER_MALFORMED_SHARE make ${sum}: together at most 1`);
  }
  return shares;
}

/** A count alone is all that is sent; a history comes before it only where a flag asks for one. */
function chooseHistory(given: Given, flags: Flags): Config['history'] {
  const isAsked = flags.PRODUCER_HISTORY_HOURS !== undefined;
  if (isAsked && given.PRODUCER_TIME_SPAN !== undefined) {
    throw new ConfigError(
      'PRODUCER_HISTORY_HOURS: PRODUCER_TIME_SPAN decides the event times already; give one of the two',
    );
  }
  const hours = given.PRODUCER_HISTORY_HOURS;
  if (hours === 0 || (given.PRODUCER_COUNT !== undefined && !isAsked)) return undefined;
  return { hours, pace: steadyPace(given) };
}

function chooseTimeSpan(given: Given, nowMs: number): TimeSpan | undefined {
  const { PRODUCER_START_TIME: startMs, PRODUCER_TIME_SPAN: span, PRODUCER_COUNT: count } = given;
  if (span === undefined) {
    if (startMs !== undefined) throw new ConfigError('PRODUCER_START_TIME needs PRODUCER_TIME_SPAN beside it');
    return undefined;
  }
  if (count === undefined)
    throw new ConfigError('PRODUCER_TIME_SPAN needs PRODUCER_COUNT, the messages to spread over it');
  return { startMs: startMs ?? nowMs - span, spanMs: span };
}

function spanMs(text: string): number {
  const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  return Number(text.slice(0, -1)) * (unitMs[text.slice(-1)] ?? Number.NaN);
}
