import { checkTransaction, productCategories } from '@pulse/contract';
import { describe, expect, test } from 'vitest';

import { malformedKinds } from './corruptions.ts';
import { markets } from './markets.ts';
import { createTraffic, type TrafficOptions, type TrafficRecord } from './traffic.ts';

const startMs = Date.UTC(2026, 10, 22, 12);
const [firstKind, ...otherKinds] = malformedKinds;

if (firstKind === undefined) throw new Error('there are no kinds');
const options: TrafficOptions = {
  seed: 42,
  duplicateRatio: 0.01,
  malformedRatio: 0.01,
  lateRatio: 0.02,
  fraudRatio: 0.02,
  malformedKinds: [firstKind, ...otherKinds],
};

function traffic(count: number, changes: Partial<TrafficOptions> = {}): TrafficRecord[] {
  const { next } = createTraffic({ ...options, ...changes });
  return Array.from({ length: count }, (_, index) => next(startMs + index * 1_000));
}

function ratioOf(records: readonly TrafficRecord[], is: (record: TrafficRecord, index: number) => boolean): number {
  return records.filter(is).length / records.length;
}

/** Whether the event time is before the time of sending. */
function isLate({ message }: TrafficRecord, index: number): boolean {
  return Date.parse(message.timestamp) < startMs + index * 1_000;
}

/** What follows from the seed, at any time. */
function content({ kind, key, label, message }: TrafficRecord): unknown[] {
  return [kind, key, label?.pattern, message.amount];
}

function bytesOf({ key, value }: TrafficRecord): string {
  return `${key} ${String(value)}`;
}

function dollarsOf({ message: { amount, currency } }: TrafficRecord): number {
  return Number(amount) / (markets.find((market) => market.currency === currency)?.unitsPerDollar ?? Number.NaN);
}

function medianOf(records: readonly TrafficRecord[], currency: string): number {
  const amounts = records.flatMap(({ message }) => (message.currency === currency ? [Number(message.amount)] : []));
  return amounts.sort((a, b) => a - b)[Math.floor(amounts.length / 2)] ?? Number.NaN;
}

const ordinaryOnly = { duplicateRatio: 0, malformedRatio: 0, lateRatio: 0, fraudRatio: 0 };
const sample = traffic(40_000);

test('the same seed and times give the same records to the byte', () => {
  expect(traffic(2_000)).toEqual(sample.slice(0, 2_000));
});

test('another seed gives other customers and other order ids', () => {
  const other = new Set(traffic(2_000, { seed: 43 }).map(({ key }) => key));
  expect(sample.filter(({ key }) => other.has(key))).toEqual([]);
});

test('other times change the times and what is derived from them, and nothing else', () => {
  const { next } = createTraffic({ seed: 7, ...ordinaryOnly, fraudRatio: 0.1, malformedKinds: ['bare_number'] });
  const later = createTraffic({ seed: 7, ...ordinaryOnly, fraudRatio: 0.1, malformedKinds: ['bare_number'] });
  for (let index = 0; index < 500; index += 1) expect(content(next(0))).toEqual(content(later.next(startMs)));
});

test('the contract accepts every valid message and every duplicate', () => {
  const rejected = sample
    .filter(({ kind }) => !kind.startsWith('malformed'))
    .filter(({ value }) => checkTransaction(JSON.parse(String(value))).kind === 'rejected');
  expect(rejected).toEqual([]);
});

describe('each ratio is kept to a fifth of it', () => {
  test.each<[string, number, (record: TrafficRecord) => boolean]>([
    ['duplicates', 0.01, ({ kind }) => kind === 'duplicate'],
    ['malformed', 0.01, ({ kind }) => kind.startsWith('malformed')],
    ['fraud', 0.02, ({ label }) => label !== undefined],
  ])('%s', (_, wanted, is) => {
    expect(Math.abs(ratioOf(sample, is) - wanted)).toBeLessThan(wanted / 5);
  });

  test('late events', () => {
    // Transactions of a sequence are sent after the time of its last one: they are not counted here.
    const wanted =
      ratioOf(traffic(20_000, { ...ordinaryOnly, lateRatio: 0.1 }), isLate) -
      ratioOf(traffic(20_000, ordinaryOnly), isLate);
    expect(Math.abs(wanted - 0.1)).toBeLessThan(0.02);
  });
});

test('late records are marked, and those of a history are all late without being moved', () => {
  const late = sample.filter(({ isLate: isMarked }) => isMarked === true);
  expect(Math.abs(late.length / sample.length - 0.02)).toBeLessThan(0.004);

  const { nextOfHistory } = createTraffic({ ...options, ...ordinaryOnly, lateRatio: 1 });
  const history = Array.from({ length: 2_000 }, (_, index) => nextOfHistory(startMs + index * 1_000));
  expect(history.filter(({ isLate: isMarked }) => isMarked !== true)).toEqual([]);
  const sequenceMs = 900_000;
  const moved = history.filter(
    ({ message }, index) => Date.parse(message.timestamp) < startMs + index * 1_000 - sequenceMs,
  );
  expect(moved).toEqual([]);
});

test('no event time is in the future', () => {
  const ahead = sample.filter(({ message }, index) => Date.parse(message.timestamp) > startMs + index * 1_000);
  expect(ahead).toEqual([]);
});

test('a duplicate repeats an earlier message to the byte, under the same key', () => {
  const sent = new Set<string>();
  const notSentBefore = sample.filter((record) => {
    if (record.kind === 'valid') sent.add(bytesOf(record));
    return record.kind === 'duplicate' && !sent.has(bytesOf(record));
  });
  expect(notSentBefore).toEqual([]);
  expect(ratioOf(sample, ({ kind }) => kind === 'duplicate')).toBeGreaterThan(0);
});

test('each order id is sent as valid once', () => {
  const ids = sample.filter(({ kind }) => kind === 'valid').map(({ message }) => message.order_id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('an order id conflict is an earlier order id with another amount', () => {
  const records = traffic(500, { ...ordinaryOnly, malformedRatio: 0.2, malformedKinds: ['order_id_conflict'] });
  const amounts = new Map(
    records.filter(({ kind }) => kind === 'valid').map(({ message }) => [message.order_id, message.amount]),
  );
  const conflicts = records
    .filter(({ kind }) => kind === 'malformed:order_id_conflict')
    .map(({ value }) => checkTransaction(JSON.parse(String(value))));
  expect(conflicts.length).toBeGreaterThan(50);
  for (const checked of conflicts) {
    if (checked.kind === 'rejected') throw new Error('the contract alone rejects it');
    expect(amounts.get(checked.message.order_id)).not.toBe(checked.message.amount);
  }
});

describe('amounts', () => {
  const honest = traffic(40_000, ordinaryOnly);
  const sorted = honest.map(dollarsOf).sort((a, b) => a - b);
  const quantile = (q: number) => sorted[Math.floor(q * sorted.length)] ?? Number.NaN;

  test('are heavy-tailed: the highest percent is more than eight times the median', () => {
    expect(quantile(0.99) / quantile(0.5)).toBeGreaterThan(8);
  });

  test('of honest customers are rarely above 1,000 dollars', () => {
    expect(ratioOf(honest, (record) => dollarsOf(record) > 1_000)).toBeLessThan(0.01);
  });

  test('fit their currency: the median in yen is about 150 times that in dollars', () => {
    const [yen, dollars] = [medianOf(honest, 'JPY'), medianOf(honest, 'USD')];
    expect(yen / dollars).toBeGreaterThan(100);
    expect(yen / dollars).toBeLessThan(225);
  });

  test('occur in every category and every country, in the currency of the country', () => {
    expect(new Set(honest.map(({ message }) => message.product_category))).toEqual(new Set(productCategories));
    const pairs = new Set(honest.map(({ message }) => `${message.country} ${message.currency}`));
    expect(pairs).toEqual(new Set(markets.map(({ country, currency }) => `${country} ${currency}`)));
  });
});
