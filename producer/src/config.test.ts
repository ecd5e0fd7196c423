import { describe, expect, test } from 'vitest';

import { nameFlags, readCommandLine } from './command-line.ts';
import { createConfig, type Flags } from './config.ts';

const defaults = { nowMs: Date.UTC(2026, 10, 22), randomSeed: 99 };

function configOf(variables: Record<string, string> = {}, flags: Flags = {}) {
  return createConfig(variables, flags, defaults);
}

test('without any setting a message is sent every one to two seconds, without end', () => {
  expect(configOf()).toMatchObject({
    brokers: ['127.0.0.1:9092'],
    topics: { transactions: 'transactions', fraudLabels: 'fraud-labels' },
    pace: { kind: 'interval', minSeconds: 1, maxSeconds: 2 },
    count: Number.POSITIVE_INFINITY,
    seed: 99,
    ratios: { duplicateRatio: 0.01, malformedRatio: 0.01, lateRatio: 0.02, fraudRatio: 0.02 },
  });
});

test('an empty variable means the default', () => {
  expect(configOf({ PRODUCER_RATE: '', PRODUCER_SEED: '' })).toEqual(configOf());
});

test('a flag overrides its variable', () => {
  expect(configOf({ PRODUCER_SEED: '1' }, readCommandLine(['--seed', '2']).flags).seed).toBe(2);
});

describe('the pace', () => {
  test.each<[string, Record<string, string>, string[], object]>([
    ['a rate overrides intervals', { PRODUCER_RATE: '50' }, [], { kind: 'rate', perSecond: 50 }],
    [
      'a count alone is sent without a limit of speed',
      { PRODUCER_INTERVAL_MIN: '1' },
      ['--count', '5'],
      { kind: 'unlimited' },
    ],
    ['a count keeps to a rate', { PRODUCER_RATE: '50' }, ['--count', '5'], { kind: 'rate', perSecond: 50 }],
    [
      'a count keeps to intervals given as flags',
      {},
      ['--count', '5', '--interval-max', '3'],
      { kind: 'interval', minSeconds: 1, maxSeconds: 3 },
    ],
  ])('%s', (_, variables, args, pace) => {
    expect(configOf(variables, readCommandLine(args).flags).pace).toEqual(pace);
  });
});

test('a time span without a start ends now', () => {
  expect(configOf({ PRODUCER_TIME_SPAN: '1d', PRODUCER_COUNT: '10' }).timeSpan).toEqual({
    startMs: Date.UTC(2026, 10, 21),
    spanMs: 86_400_000,
  });
});

describe('a history', () => {
  const interval = { kind: 'interval', minSeconds: 1, maxSeconds: 2 };

  test.each<[string, Record<string, string>, string[], object | undefined]>([
    ['is none by default', {}, [], undefined],
    ['is none of 0 hours', { PRODUCER_HISTORY_HOURS: '0' }, [], undefined],
    ['has the pace of the traffic after it', { PRODUCER_HISTORY_HOURS: '24' }, [], { hours: 24, pace: interval }],
    [
      'has the rate of the traffic after it',
      { PRODUCER_HISTORY_HOURS: '24', PRODUCER_RATE: '3' },
      [],
      { hours: 24, pace: { kind: 'rate', perSecond: 3 } },
    ],
    ['is left out where a count is sent', { PRODUCER_HISTORY_HOURS: '24' }, ['--count', '5'], undefined],
    [
      'comes before a count where a flag asks for it',
      {},
      ['--count', '5', '--history-hours', '24'],
      { hours: 24, pace: interval },
    ],
  ])('%s', (_, variables, args, history) => {
    expect(configOf(variables, readCommandLine(args).flags).history).toEqual(history);
  });

  test('is refused with a time span', () => {
    const { flags } = readCommandLine(['--count', '5', '--time-span', '1d', '--history-hours', '24']);
    expect(() => configOf({}, flags)).toThrow('PRODUCER_HISTORY_HOURS');
  });
});

describe('a wrong value names its variable', () => {
  test.each([
    ['PRODUCER_RATE', 'fast'],
    ['PRODUCER_RATE', '0'],
    ['PRODUCER_COUNT', '1.5'],
    ['PRODUCER_SEED', '-1'],
    ['PRODUCER_CUSTOMERS', '0'],
    ['PRODUCER_DUPLICATE_SHARE', '1.1'],
    ['PRODUCER_FRAUD_SHARE', '-0.1'],
    ['PRODUCER_MALFORMED_KIND', 'rude'],
    ['PRODUCER_INTERVAL_MIN', '5'],
    ['PRODUCER_TIME_SPAN', 'week'],
    ['PRODUCER_TIME_SPAN', '1d'],
    ['PRODUCER_HISTORY_HOURS', '-1'],
    ['PRODUCER_HISTORY_HOURS', '169'],
    ['PRODUCER_START_TIME', '2026-01-01'],
    ['PRODUCER_START_TIME', '2026-01-01T00:00:00Z'],
    ['KAFKA_BOOTSTRAP_SERVERS', 'kafka'],
    ['LOG_LEVEL', 'loud'],
  ])('%s=%s', (name, value) => {
    expect(() => configOf({ [name]: value })).toThrow(name);
  });
});

test('an error names a wrong flag as the flag', () => {
  const { flags } = readCommandLine(['--rate', 'fast']);
  expect(nameFlags('PRODUCER_RATE: "fast" is not accepted', flags)).toBe('--rate: "fast" is not accepted');
});
