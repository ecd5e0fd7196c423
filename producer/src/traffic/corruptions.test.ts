import { isUtf8 } from 'node:buffer';

import {
  checkTransaction,
  encodeTransaction,
  JsonNumber,
  valueSizeMaxBytes,
  type TransactionMessage,
} from '@pulse/contract';
import { describe, expect, test } from 'vitest';

import { corruptions, malformedKinds, type MalformedKind } from './corruptions.ts';
import { markets } from './markets.ts';
import { createPopulation } from './population.ts';
import { createRandom, pick } from './random.ts';
import { createTransaction } from './transaction.ts';

/** Reasons that the contract alone does not check: they need a clock or earlier messages. */
const beyondTheContract = new Set<string>(['timestamp_too_far_in_future', 'timestamp_too_old', 'order_id_conflict']);

const random = createRandom(11);
const population = createPopulation(11);

function aMessage(): TransactionMessage {
  const customer = pick(random, population.customers);
  return createTransaction(random, population, {
    customer,
    timeMs: Date.UTC(2026, 10, 22),
    market: pick(random, markets),
  });
}

/** The reasons for which a value is rejected, checked from raw bytes to fields. */
function reasonsOf(value: string | Buffer | null): string[] {
  if (value === null) return ['null_value'];
  const bytes = Buffer.from(value);
  if (bytes.length === 0) return ['empty_value'];
  if (bytes.length > valueSizeMaxBytes) return ['too_large'];
  if (!isUtf8(bytes)) return ['invalid_utf8'];
  if (bytes.includes(0)) return ['nul_byte'];
  const text = bytes.toString();
  if ((text.match(/"amount":/g) ?? []).length > 1) return ['duplicate_json_key'];
  if (text.includes('"__proto__":')) return ['prototype_polluting_key'];
  try {
    const message: unknown = JSON.parse(text);
    const number = /"amount":(-?[0-9][^,}]*)/.exec(text)?.[1];
    const checked = checkTransaction(number === undefined ? message : withAmount(message, new JsonNumber(number)));
    return checked.kind === 'valid' ? [] : checked.errors.map(({ reason }) => reason);
  } catch {
    return ['not_json'];
  }
}

function withAmount(message: unknown, amount: JsonNumber): unknown {
  return Object.assign({}, message, { amount });
}

const checkedByContract = malformedKinds.filter((kind) => !beyondTheContract.has(corruptions[kind].reason));

test.each(checkedByContract)('%s is rejected for its own reason, with any transaction', (kind) => {
  for (let round = 0; round < 100; round += 1) {
    expect(reasonsOf(corruptions[kind].corrupt(aMessage()))).toContain(corruptions[kind].reason);
  }
});

test('a corrupted message has one error only, so that no other can hide it', () => {
  for (const kind of checkedByContract.filter((one) => one !== 'foreign_object')) {
    expect([kind, reasonsOf(corruptions[kind].corrupt(aMessage()))]).toEqual([kind, [corruptions[kind].reason]]);
  }
});

describe('kinds that the contract alone does not reject', () => {
  test.each<MalformedKind>(['far_future', 'long_past', 'order_id_conflict'])('%s is well-formed', (kind) => {
    expect(reasonsOf(corruptions[kind].corrupt(aMessage()))).toEqual([]);
  });

  test('a time ten years ahead and one thirty years ago', () => {
    const message = aMessage();
    const years = (kind: MalformedKind) => {
      const { timestamp } = JSON.parse(String(corruptions[kind].corrupt(message)));
      return Math.round((Date.parse(timestamp) - Date.parse(message.timestamp)) / (365.25 * 86_400_000));
    };
    expect([years('far_future'), years('long_past')]).toEqual([10, -30]);
  });

  test('a conflict keeps the order id and changes the content', () => {
    const message = aMessage();
    const corrupted = corruptions.order_id_conflict.corrupt(message);
    expect(JSON.parse(corrupted)).toEqual({ ...message, amount: `1${message.amount}` });
    expect(corrupted).not.toBe(encodeTransaction(message));
  });
});
