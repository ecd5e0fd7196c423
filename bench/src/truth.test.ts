import { Readable } from 'node:stream';

import { expect, test } from 'vitest';

import { addUp, differingSums, tenThousandths } from './truth.ts';

const line = (kind: string, amount: string, currency = 'USD') => JSON.stringify({ kind, amount, currency });

test('only valid messages are part of the sums', async () => {
  const lines = [
    line('valid', '149.99'),
    line('duplicate', '149.99'),
    line('valid', '0.01'),
    line('valid', '12', 'JPY'),
    line('broken_json', '7.00'),
  ];
  expect(await addUp(Readable.from(lines))).toEqual({
    messages: 5,
    valid: 3,
    duplicates: 1,
    malformed: 1,
    amountByCurrency: new Map([
      ['USD', 1_500_000n],
      ['JPY', 120_000n],
    ]),
  });
});

test('amounts are read exactly with any number of decimals', () => {
  expect(['7', '1.005', '90071992547409.9301'].map(tenThousandths)).toEqual([
    70_000n,
    10_050n,
    900_719_925_474_099_301n,
  ]);
});

test('an amount finer than the warehouse is refused', () => {
  expect(() => tenThousandths('1.00001')).toThrow('not an amount');
});

test('a wrong, missing or additional sum is named', () => {
  const sent = new Map([
    ['EUR', 1n],
    ['USD', 2n],
    ['JPY', 3n],
  ]);
  const stored = new Map([
    ['EUR', 1n],
    ['USD', 1n],
    ['GBP', 4n],
  ]);
  expect(differingSums(sent, stored)).toEqual([
    'GBP: none sent, 4 stored',
    'JPY: 3 sent, none stored',
    'USD: 2 sent, 1 stored',
  ]);
});
