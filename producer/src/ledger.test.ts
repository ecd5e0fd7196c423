import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { openLedger } from './ledger.ts';
import type { TrafficRecord } from './traffic/traffic.ts';

function aRecord(changes: Partial<TrafficRecord> = {}): TrafficRecord {
  return {
    kind: 'valid',
    key: 'cust-1',
    value: '{}',
    message: {
      order_id: 'order-1',
      amount: '149.99',
      currency: 'USD',
      timestamp: '2026-11-22T10:00:00.000Z',
      customer_id: 'cust-1',
      product_category: 'books',
    },
    ...changes,
  };
}

function aLedgerFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'ledger.jsonl');
}

function linesOf(file: string): unknown[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

const line = { order_id: 'order-1', key: 'cust-1', amount: '149.99', currency: 'USD', partition: 2 };

test('records have consecutive offsets from the base offset on', () => {
  const file = aLedgerFile();
  {
    using ledger = openLedger(file);
    ledger.append({ partition: 2, baseOffset: 40n, records: [aRecord(), aRecord({ kind: 'duplicate' })] });
  }
  expect(linesOf(file)).toEqual([
    { ...line, offset: 40, kind: 'valid' },
    { ...line, offset: 41, kind: 'duplicate' },
  ]);
});

test('a late record is marked', () => {
  const file = aLedgerFile();
  using ledger = openLedger(file);
  ledger.append({ partition: 2, baseOffset: 9n, records: [aRecord({ isLate: true })] });
  expect(linesOf(file)).toEqual([{ ...line, offset: 9, kind: 'valid', late: true }]);
});

test('a malformed record has the hash of its value, or null for no value', () => {
  const file = aLedgerFile();
  using ledger = openLedger(file);
  const records = [
    aRecord({ kind: 'malformed:bare_number', value: '42' }),
    aRecord({ kind: 'malformed:null_value', value: null }),
  ];
  ledger.append({ partition: 2, baseOffset: 7n, records });
  expect(linesOf(file)).toEqual([
    {
      ...line,
      offset: 7,
      kind: 'malformed:bare_number',
      sha256: '73475cb40a568e8da8a045ced110137e159f890ac4da883b6b17dc651b3a8049',
    },
    { ...line, offset: 8, kind: 'malformed:null_value', sha256: null },
  ]);
});

test('a second run appends to the file of the first', () => {
  const file = aLedgerFile();
  for (const baseOffset of [0n, 1n]) {
    using ledger = openLedger(file);
    ledger.append({ partition: 2, baseOffset, records: [aRecord()] });
  }
  expect(linesOf(file)).toHaveLength(2);
});
