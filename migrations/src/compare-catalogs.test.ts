import { expect, test } from 'vitest';

import { compareCatalogs, type Catalog } from './compare-catalogs.ts';

const expected: Catalog = {
  'table transactions': { 'column amount': { type: 'numeric(19,4)', nullable: false }, 'grant select to reader': {} },
};

test('equal catalogs have no difference', () => {
  expect(compareCatalogs(expected, structuredClone(expected))).toEqual([]);
});

test('a missing table is one line, whatever it holds', () => {
  expect(compareCatalogs(expected, {})).toEqual(['table transactions is missing']);
});

test('a missing object is named with its table', () => {
  const found = { 'table transactions': { 'column amount': { type: 'numeric(19,4)', nullable: false } } };
  expect(compareCatalogs(expected, found)).toEqual(['table transactions: grant select to reader is missing']);
});

test('a changed property is shown as it is and as it should be', () => {
  const found = {
    'table transactions': { 'column amount': { type: 'text', nullable: false }, 'grant select to reader': {} },
  };
  expect(compareCatalogs(expected, found)).toEqual([
    'table transactions: column amount: type is "text", expected "numeric(19,4)"',
  ]);
});

test('what is there beyond the expected is named', () => {
  expect(compareCatalogs({}, expected)).toEqual(['table transactions is not expected']);
});
