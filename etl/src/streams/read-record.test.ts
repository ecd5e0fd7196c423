import { encodeTransaction, type TransactionMessage } from '@pulse/contract';
import { expect, test } from 'vitest';

import { transactionStream, type TransactionRecord } from './transactions/transactions.ts';

const aMessage = (changes: Partial<TransactionMessage> = {}): TransactionMessage => ({
  order_id: 'order-1',
  amount: '149.99',
  currency: 'USD',
  timestamp: '2026-11-22T11:00:00.000Z',
  customer_id: 'customer-1',
  product_category: 'toys',
  ...changes,
});

test.each([
  ['without country and version', aMessage()],
  ['with both', aMessage({ country: 'DE', schema_version: 1 })],
  ['at the offset of a shop', aMessage({ timestamp: '2026-11-22T11:00:00.000+05:30' })],
  ['with a fraction to be cut', aMessage({ timestamp: '2026-11-22T11:00:00.1234567Z' })],
  ['at an offset that no shop has', aMessage({ timestamp: '2026-11-22T11:00:00+16:00' })],
  ['in yen', aMessage({ currency: 'JPY', amount: '1500' })],
])('what the producer writes is read by its shape: %s', (_, message) => {
  expect(readCanonical(Buffer.from(encodeTransaction(message)))).toMatchObject({ orderId: 'order-1' });
});

test.each([
  ['an escape', aMessage({ order_id: 'a"b' })],
  ['more bytes than characters', aMessage({ customer_id: 'Zoë' })],
  ['a space at the front of an id', aMessage({ order_id: ' a' })],
  ['an amount finer than its currency', aMessage({ amount: '1.001' })],
  ['an unknown currency', aMessage({ currency: 'XXX' })],
  ['an unknown country', aMessage({ country: 'ZZ' })],
  ['a date that does not exist', aMessage({ timestamp: '2026-02-30T11:00:00.000Z' })],
])('%s is left to the thorough reading', (_, message) => {
  expect(readCanonical(Buffer.from(encodeTransaction(message)))).toBeUndefined();
});

test('any other spelling is left to the thorough reading', () => {
  const { order_id: orderId, ...others } = aMessage();
  expect(readCanonical(Buffer.from(JSON.stringify({ ...others, order_id: orderId })))).toBeUndefined();
  expect(readCanonical(Buffer.from(JSON.stringify(aMessage(), null, 1)))).toBeUndefined();
});

function readCanonical(value: Buffer): TransactionRecord | undefined {
  const texts = transactionStream.readCanonical(value);
  return texts === null ? undefined : transactionStream.readRecord(texts);
}
