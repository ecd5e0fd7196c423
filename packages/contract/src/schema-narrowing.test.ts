import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { transactionJsonSchema } from './json-schema.ts';
import { schemaNarrowings } from './schema-narrowing.ts';

interface ObjectSchema {
  type: 'object';
  properties: Record<string, Record<string, unknown>>;
  required: string[];
  [keyword: string]: unknown;
}

type Change = (schema: ObjectSchema) => void;

function aSchema(change: Change = () => undefined): ObjectSchema {
  const schema: ObjectSchema = {
    type: 'object',
    properties: {
      id: { type: 'string', minLength: 1, maxLength: 36 },
      currency: { type: 'string', enum: ['EUR', 'USD'] },
      amount: { anyOf: [{ type: 'string', pattern: '^[0-9]+$' }, { type: 'number' }] },
    },
    required: ['id'],
  };
  change(schema);
  return schema;
}

describe('a change that rejects accepted values is reported', () => {
  test.each<[string, Change]>([
    ['a field becomes required', (s) => s.required.push('currency')],
    ['a limit is lowered', (s) => (s.properties['id'] = { type: 'string', minLength: 1, maxLength: 20 })],
    ['a limit appears', (s) => (s.properties['currency'] = { type: 'string', enum: ['EUR', 'USD'], maxLength: 3 })],
    ['a minimum is raised', (s) => (s.properties['id'] = { type: 'string', minLength: 2, maxLength: 36 })],
    ['an enum loses a value', (s) => (s.properties['currency'] = { type: 'string', enum: ['USD'] })],
    ['an enum appears', (s) => (s.properties['id'] = { type: 'string', minLength: 1, maxLength: 36, enum: ['a'] })],
    ['a type changes', (s) => (s.properties['currency'] = { type: 'number', enum: ['EUR', 'USD'] })],
    [
      'an alternative is removed',
      (s) => (s.properties['amount'] = { anyOf: [{ type: 'string', pattern: '^[0-9]+$' }] }),
    ],
    [
      'a pattern changes',
      (s) => (s.properties['amount'] = { anyOf: [{ type: 'string', pattern: '^x$' }, { type: 'number' }] }),
    ],
    ['a field is removed', (s) => delete s.properties['currency']],
    ['unknown fields are forbidden', (s) => Object.assign(s, { additionalProperties: false })],
  ])('%s', (_, change) => {
    expect(schemaNarrowings(aSchema(), aSchema(change))).toHaveLength(1);
  });
});

describe('a change that only widens passes', () => {
  test.each<[string, Change]>([
    ['a field becomes optional', (s) => (s.required.length = 0)],
    ['a limit is raised', (s) => (s.properties['id'] = { type: 'string', minLength: 1, maxLength: 64 })],
    ['a limit is removed', (s) => (s.properties['id'] = { type: 'string' })],
    ['an enum gains a value', (s) => (s.properties['currency'] = { type: 'string', enum: ['EUR', 'JPY', 'USD'] })],
    ['an optional field is added', (s) => (s.properties['note'] = { type: 'string' })],
    ['a description changes', (s) => Object.assign(s.properties['id'] ?? {}, { description: 'new text' })],
  ])('%s', (_, change) => {
    expect(schemaNarrowings(aSchema(), aSchema(change))).toEqual([]);
  });
});

test('the contract does not narrow itself', () => {
  expect(schemaNarrowings(transactionJsonSchema(), transactionJsonSchema())).toEqual([]);
});

test('a length limit may only grow', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (before, after) => {
      const reported = schemaNarrowings({ maxLength: before }, { maxLength: after }).length > 0;
      expect(reported).toBe(after < before);
    }),
  );
});
