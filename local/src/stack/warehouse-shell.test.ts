import { expect, test } from 'vitest';

import { formatRows } from './warehouse-shell.ts';

test('rows are shown in columns under their names, and null is empty', () => {
  const rows = [
    { order_id: 'a', amount: '250.00', at: new Date(0) },
    { order_id: 'longer', amount: null, at: null },
  ];

  expect(formatRows(rows)).toBe('order_id  amount  at\na         250.00  1970-01-01T00:00:00.000Z\nlonger\n');
});

test('no rows give no lines', () => {
  expect(formatRows([])).toBe('');
});
