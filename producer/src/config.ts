import { parseTimestamp, topics } from '@pulse/contract';
import { ConfigError, kafkaAddress, kafkaAddressIsOne, kafkaBrokers, logLevels, readConfig } from '@pulse/runtime';
import * as z from 'zod';

import type { FlagName } from './command-line.ts';
import type { PaceOptions } from './pace.ts';
import { isMalformedKind, malformedKinds, type MalformedKind } from './traffic/corruptions.ts';
import { customerCountDefault } from './traffic/population.ts';

const ratio = z.coerce.number('a ratio from 0 to 1').min(0, 'a ratio from 0 to 1').max(1, 'a ratio from 0 to 1');
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
    .number('a number of messages per second')
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
  PRODUCER_DUPLICATE_SHARE: ratio.default(0.01),
  PRODUCER_MALFORMED_SHARE: ratio.default(0.01),
  PRODUCER_LATE_SHARE: ratio.default(0.02),
  PRODUCER_FRAUD_SHARE: ratio.default(0.02),
  PRODUCER_MALFORMED_KIND: z
    .string()
    .optional()
    .transform((list, context) => {
      const names = list?.split(',').map((name) => name.trim()) ?? malformedKinds;
      const kinds = names.filter(isMalformedKind);
      if (kinds.length < names.length)
        context.addIssue(`one or more of ${malformedKinds.join(', ')}, separated by commas`);
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

/** Event times spread over a span, in place of the clock's. */
interface TimeSpan {
  readonly startMs: number;
  readonly spanMs: number;
}

export interface Config {
  readonly brokers: readonly string[];
  readonly topics: { readonly transactions: string; readonly fraudLabels: string };
  readonly pace: PaceOptions;
  /** The number of messages to send; Infinity to send until stopped. */
  readonly count: number;
  readonly seed: number;
  readonly customerCount: number;
  /** Of all messages, from 0 to 1. */
  readonly ratios: {
    readonly duplicateRatio: number;
    readonly malformedRatio: number;
    readonly lateRatio: number;
    readonly fraudRatio: number;
  };
  readonly malformedKinds: readonly [MalformedKind, ...MalformedKind[]];
  readonly timeSpan: TimeSpan | undefined;
  /** Sent first where the topic is new: hours of transactions, at the pace of live traffic. */
  readonly history: { readonly hours: number; readonly pace: PaceOptions } | undefined;
  readonly isProductionAllowed: boolean;
  readonly ledgerFile: string | undefined;
  readonly healthFile: string | undefined;
  readonly logLevel: (typeof logLevels)[number];
}

/** Values for what neither a variable nor a flag gives. */
export interface Defaults {
  /** The end of a time span. */
  readonly nowMs: number;
  readonly randomSeed: number;
}

/** The given flags, by the variable that each overrides. */
export type Flags = Readonly<Partial<Record<FlagName, string>>>;

/**
 * The settings of a run; a flag overrides its variable.
 * @throws ConfigError with the name of each wrong variable.
 */
export function createConfig(
  variables: Readonly<Record<string, string | undefined>>,
  flags: Flags,
  { nowMs, randomSeed }: Defaults,
): Config {
  // A flag for the brokers replaces both variables that name them.
  const replaced = flags.KAFKA_BOOTSTRAP_SERVERS === undefined ? {} : { KAFKA_PORT: undefined };
  const given = readConfig(environment.superRefine(kafkaAddressIsOne), { ...variables, ...replaced, ...flags });
  const [firstKind, ...otherKinds] = given.PRODUCER_MALFORMED_KIND;
  if (firstKind === undefined) throw new ConfigError('PRODUCER_MALFORMED_KIND: name at least one kind');
  return {
    brokers: kafkaBrokers(given),
    topics: { transactions: given.KAFKA_TOPIC_TRANSACTIONS, fraudLabels: topics.fraudLabels },
    pace: choosePace(given, flags),
    count: given.PRODUCER_COUNT ?? Number.POSITIVE_INFINITY,
    seed: given.PRODUCER_SEED ?? randomSeed,
    customerCount: given.PRODUCER_CUSTOMERS,
    ratios: readRatios(given),
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

/** A count alone is sent without a limit of speed; intervals apply to it only as flags. */
function choosePace(given: Given, flags: Flags): PaceOptions {
  const hasIntervalFlag = flags.PRODUCER_INTERVAL_MIN !== undefined || flags.PRODUCER_INTERVAL_MAX !== undefined;
  const isCountAlone = given.PRODUCER_COUNT !== undefined && given.PRODUCER_RATE === undefined && !hasIntervalFlag;
  return isCountAlone ? { kind: 'unlimited' } : steadyPace(given);
}

/** The pace of endless traffic: a rate if there is one, else intervals. */
function steadyPace(given: Given): PaceOptions {
  const { PRODUCER_RATE: perSecond, PRODUCER_INTERVAL_MIN: minSeconds, PRODUCER_INTERVAL_MAX: maxSeconds } = given;
  if (perSecond !== undefined) return { kind: 'rate', perSecond };
  if (minSeconds > maxSeconds) {
    throw new ConfigError(`PRODUCER_INTERVAL_MIN: ${minSeconds} is more than PRODUCER_INTERVAL_MAX, ${maxSeconds}`);
  }
  return { kind: 'interval', minSeconds, maxSeconds };
}

function readRatios(given: Given): Config['ratios'] {
  const ratios = {
    duplicateRatio: given.PRODUCER_DUPLICATE_SHARE,
    malformedRatio: given.PRODUCER_MALFORMED_SHARE,
    lateRatio: given.PRODUCER_LATE_SHARE,
    fraudRatio: given.PRODUCER_FRAUD_SHARE,
  };
  const sum = ratios.duplicateRatio + ratios.malformedRatio;
  if (sum > 1) {
    throw new ConfigError(
      `PRODUCER_DUPLICATE_SHARE and PRODUCER_MALFORMED_SHARE add up to ${sum}, which is more than 1`,
    );
  }
  return ratios;
}

/** A count is the number of all messages, unless a flag asks for a history before them. */
function chooseHistory(given: Given, flags: Flags): Config['history'] {
  const hasFlag = flags.PRODUCER_HISTORY_HOURS !== undefined;
  if (hasFlag && given.PRODUCER_TIME_SPAN !== undefined) {
    throw new ConfigError('PRODUCER_HISTORY_HOURS: give this or PRODUCER_TIME_SPAN, not both');
  }
  const hours = given.PRODUCER_HISTORY_HOURS;
  if (hours === 0 || (given.PRODUCER_COUNT !== undefined && !hasFlag)) return undefined;
  return { hours, pace: steadyPace(given) };
}

function chooseTimeSpan(given: Given, nowMs: number): TimeSpan | undefined {
  const { PRODUCER_START_TIME: startMs, PRODUCER_TIME_SPAN: span, PRODUCER_COUNT: count } = given;
  if (span === undefined) {
    if (startMs !== undefined) throw new ConfigError('PRODUCER_START_TIME needs PRODUCER_TIME_SPAN');
    return undefined;
  }
  if (count === undefined)
    throw new ConfigError('PRODUCER_TIME_SPAN needs PRODUCER_COUNT, the number of messages to spread over it');
  return { startMs: startMs ?? nowMs - span, spanMs: span };
}

function spanMs(text: string): number {
  const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  return Number(text.slice(0, -1)) * (unitMs[text.slice(-1)] ?? Number.NaN);
}
