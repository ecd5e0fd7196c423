import { expect, test } from 'vitest';

import { fitRows } from './fit-rows.ts';

test('what fits stays as it is', () => {
  expect(fitRows('one\n\nthree', { rows: 3, columns: 5 })).toBe('one\n\nthree');
});

test('what does not fit is cut at the bottom: the top matters most', () => {
  expect(fitRows('one\ntwo\nthree', { rows: 2, columns: 5 })).toBe('one\ntwo');
});

test('a line wider than the terminal takes several rows', () => {
  expect(fitRows('wider\nnext\nlast', { rows: 3, columns: 4 })).toBe('wider\nnext');
  expect(fitRows('wider\nnext\nlast', { rows: 2, columns: 4 })).toBe('wider');
});
