import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { aTransactionRecord } from '../streams/transactions/transaction-record-builder.ts';
import { transactionStream } from '../streams/transactions/transactions.ts';
import { readValid, ValidFileWriter, type ValidRecord } from '../streams/valid-record.ts';
import { Customers } from '../fraud/customers.ts';
import { FraudEvaluator } from '../fraud/fraud-evaluator.ts';
import { parseRuleSet, prepareRuleSet } from '../fraud/rule-set.ts';
import shipped from '../fraud/shipped-rule-set.json' with { type: 'json' };
import { cameBefore, inOrderOfArrival, type Arrival } from './order-of-arrival.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'arrival-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const set = prepareRuleSet(parseRuleSet(shipped), 'USD');
const startMs = Date.parse('2026-11-22T12:00:00Z');

interface Sent {
  readonly customerId: string;
  readonly partition: number;
  /** When its record came to Kafka, and when the sale took place. */
  readonly recordMs: number;
  readonly eventMs: number;
  readonly amount: number;
}

/** The transactions as validation stages them: partition by partition, each by offset. Their order ids are their numbers. */
function staged(sent: readonly Sent[]): ValidRecord[] {
  const path = join(folder, 'valid.bin');
  rmSync(path, { force: true });
  using file = new ValidFileWriter(path, transactionStream.stagedColumns);
  const numbered = sent.map((sale, index) => ({ ...sale, index }));
  for (const { customerId, partition, recordMs, eventMs, amount, index } of numbered.toSorted(
    (a, b) => a.partition - b.partition,
  )) {
    file.write(
      {
        record: aTransactionRecord({
          orderId: `${index}`,
          customerId,
          amount: { minor: BigInt(amount), exponent: 2 },
          timestamp: { epochMs: eventMs, microseconds: 0, localDate: '1970-01-01', localDay: 0 },
          currency: 'USD',
          productCategory: 'toys',
          country: 'US',
        }),
        contentDigest: '0'.repeat(64),
        coordinates: { partition, epoch: 0, offset: index, recordMs, framePosition: 0 },
      },
      0,
    );
  }
  return [...readValid({ path, checksum: file.finish(), layout: transactionStream.layout, firstPosition: 0 })].flat();
}

const sale = fc.record({
  customerId: fc.constantFrom('a', 'b', 'ü№'),
  partition: fc.nat(3),
  recordMs: fc.nat(12).map((ms) => startMs + ms),
  eventMs: fc.nat(20 * 60_000).map((ms) => startMs + ms),
  amount: fc.constantFrom(100, 150, 2_000, 45_000, 150_000),
});

function decisionsOf(transactions: readonly ValidRecord[], sent: readonly Sent[]): Map<string, unknown> {
  const customers = new Customers();
  const evaluator = new FraudEvaluator(set);
  const decisions = transactions.map(({ id: orderId }): [string, unknown] => {
    const { customerId = '', eventMs: timeMs = 0, amount = 0 } = sent[Number(orderId)] ?? {};
    const given = {
      timeMs,
      currency: 'USD',
      country: 'US',
      amount,
      amountBase: amount,
      amountBaseMinor: BigInt(amount),
    };
    return [orderId, evaluator.evaluate(customers.get(customerId), given)];
  });
  return new Map(decisions.toSorted(([a], [b]) => Number(a) - Number(b)));
}

test('whatever partitions its records are in, a customer gets the fraud results of one partition in the order of time', () => {
  fc.assert(
    fc.property(fc.array(sale, { maxLength: 60 }), (all) => {
      const sent = all.map((one, index) => ({ ...one, recordMs: startMs + index }));
      const inOne = staged(sent.map((one) => ({ ...one, partition: 0 })));
      const expected = decisionsOf(inOne, sent);
      expect(decisionsOf(inOrderOfArrival(inOne).transactions, sent)).toEqual(expected);
      expect(decisionsOf(inOrderOfArrival(staged(sent)).transactions, sent)).toEqual(expected);
    }),
  );
});

/** Of the next records of all partitions the one with the earliest time, again and again. */
function merged(records: readonly ValidRecord[]): ValidRecord[] {
  const queues = [...Map.groupBy(records, ({ partition }) => partition).values()];
  const order: ValidRecord[] = [];
  for (let left = queues; left.length > 0; left = left.filter((queue) => queue.length > 0)) {
    const [first] = left.toSorted(([a], [b]) => (a?.recordMs ?? 0) - (b?.recordMs ?? 0));
    const next = first?.shift();
    if (next !== undefined) order.push(next);
  }
  return order;
}

test("a customer's records are taken by time, at one time by partition, and never before the one ahead of them in the partition", () => {
  fc.assert(
    fc.property(fc.array(sale, { maxLength: 40 }), (sent) => {
      const transactions = staged(sent);
      const customerOf = ({ id }: ValidRecord) => sent[Number(id)]?.customerId ?? '';
      const ordered = Map.groupBy(inOrderOfArrival(transactions).transactions, customerOf);
      for (const [customer, own] of Map.groupBy(transactions, customerOf)) {
        expect(ordered.get(customer)?.map(({ id }) => id)).toEqual(merged(own).map(({ id }) => id));
      }
    }),
  );
});

test('only records of customers in several partitions have a time of arrival, and with it their order is known again', () => {
  fc.assert(
    fc.property(fc.array(sale, { maxLength: 40 }), (sent) => {
      const { transactions, scatteredCustomerCount } = inOrderOfArrival(staged(sent));
      const customers = Map.groupBy(sent, ({ customerId }) => customerId).values();
      const scattered = [...customers].filter((own) => new Set(own.map(({ partition }) => partition)).size > 1);
      expect(scatteredCustomerCount).toBe(scattered.length);
      const names = new Set(scattered.flat().map(({ customerId }) => customerId));
      const moved = transactions.filter(({ arrivedMs }) => arrivedMs !== null);
      expect(moved).toHaveLength(sent.filter(({ customerId }) => names.has(customerId)).length);
      const again = moved.toSorted(
        (a, b) => (a.arrivedMs ?? 0) - (b.arrivedMs ?? 0) || a.partition - b.partition || a.offset - b.offset,
      );
      expect(again).toEqual(moved);
    }),
  );
});

test("customers of one partition each stay in the order of the offsets, whatever their records' times", () => {
  fc.assert(
    fc.property(fc.array(sale, { maxLength: 40 }), (sent) => {
      const keyed = sent.map((one) => ({ ...one, partition: one.customerId.charCodeAt(0) % 4 }));
      const transactions = staged(keyed);
      expect(inOrderOfArrival(transactions)).toEqual({ transactions, scatteredCustomerCount: 0 });
    }),
  );
});

const at = (partition: number, offset: number, recordMs: number): Arrival => ({ partition, offset, recordMs });

test.each([
  ['the earlier time in Kafka', at(2, 9, 1), at(0, 1, 2)],
  ['at one time the lower partition', at(0, 9, 1), at(1, 1, 1)],
  ['in one partition the lower offset, whatever the times', at(1, 1, 9), at(1, 2, 1)],
])('first is %s', (_, first, second) => {
  expect([cameBefore(first, second), cameBefore(second, first)]).toEqual([true, false]);
});
