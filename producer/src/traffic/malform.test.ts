import { isUtf8 } from 'node:buffer';

import {
  checkTransaction,
  encodeTransaction,
  JsonNumber,
  valueSizeMaxBytes,
  type TransactionMessage,
} from '@pulse/contract';
import { describe, expect, test } from 'vitest';

import { malformations, malformedKinds, type MalformedKind } from './malform.ts';
import { markets } from './markets.ts';
import { createPopulation } from './population.ts';
import { createRandom, pick } from './random.ts';
import { createSale } from './sale.ts';

/** What only a reader with a clock, a memory or the raw text of keys can see. */
const beyondTheContract = new Set<string>(['timestamp_too_far_in_future', 'timestamp_too_old', 'order_id_conflict']);

const random = createRandom(11);
const population = createPopulation(11);

function aMessage(): TransactionMessage {
  const customer = pick(random, population.customers);
  return createSale(random, population, { customer, timeMs: Date.UTC(2026, 10, 22), market: pick(random, markets) });
}

/** The reasons by which a value falls, judged from raw bytes to fields. */
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

const visible = malformedKinds.filter((kind) => !beyondTheContract.has(malformations[kind].reason));

test.each(visible)('%s is rejected for the reason it is sent for, whatever the sale', (kind) => {
  for (let round = 0; round < 100; round += 1) {
    expect(reasonsOf(malformations[kind].spoil(aMessage()))).toContain(malformations[kind].reason);
  }
});

test('a spoilt message has no second fault that could hide the first', () => {
  for (const kind of visible.filter((one) => one !== 'foreign_object')) {
    expect([kind, reasonsOf(malformations[kind].spoil(aMessage()))]).toEqual([kind, [malformations[kind].reason]]);
  }
});

describe('what the contract alone can not see', () => {
  test.each<MalformedKind>(['far_future', 'long_past', 'order_id_conflict'])('%s is well-formed', (kind) => {
    expect(reasonsOf(malformations[kind].spoil(aMessage()))).toEqual([]);
  });

  test('a time ten years ahead and one thirty years ago', () => {
    const message = aMessage();
    const years = (kind: MalformedKind) => {
      const { timestamp } = JSON.parse(String(malformations[kind].spoil(message)));
      return Math.round((Date.parse(timestamp) - Date.parse(message.timestamp)) / (365.25 * 86_400_000));
    };
    expect([years('far_future'), years('long_past')]).toEqual([10, -30]);
  });

  test('a conflict keeps the order id and changes the content', () => {
    const message = aMessage();
    const spoilt = malformations.order_id_conflict.spoil(message);
    expect(JSON.parse(spoilt)).toEqual({ ...message, amount: `1${message.amount}` });
    expect(spoilt).not.toBe(encodeTransaction(message));
  });
});
