import { transactionMessage } from '@pulse/contract';
import {
  duplicateRecords,
  fraudAlerts,
  fraudShadowVerdicts,
  rejectedTransactions,
  transactions,
} from '@pulse/migrations/schema';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';

import catalog from '../../../../migrations/catalog.json' with { type: 'json' };
import { rejects } from '../rejected-record.ts';
import { transactionStream } from './transactions.ts';

const { fields, sinks } = transactionStream;
const list = Object.values(fields);
const schema = z.toJSONSchema(transactionMessage, { io: 'input' });
const lengths = z.record(z.string(), z.object({ maxLength: z.number().optional() })).parse(schema.properties);

describe('the list and the contract', () => {
  test('have the same fields in the same order, which is that of the canonical spelling', () => {
    expect([...list.map(({ name }) => name), 'schema_version']).toEqual(Object.keys(transactionMessage.shape));
  });

  test('agree on which fields a message may leave out', () => {
    const required = list.filter(({ isOptional }) => !isOptional).map(({ name }) => name);
    expect(required).toEqual(schema.required);
  });

  test('agree on which fields may be numbers', () => {
    const anyOf = z.record(z.string(), z.object({ anyOf: z.array(z.object({ type: z.string() })).optional() }));
    const numbers = Object.entries(anyOf.parse(schema.properties)).filter(([, property]) =>
      property.anyOf?.some(({ type }) => type === 'number'),
    );
    expect(list.filter(({ isNumber }) => isNumber).map(({ name }) => name)).toEqual(numbers.map(([name]) => name));
  });

  test.each(list.map(({ name, spelling }) => ({ name, spelling })))(
    'agree on how long $name may be',
    ({ name, spelling }) => {
      const lengthMax = lengths[name]?.maxLength;
      if (lengthMax === undefined) return;
      const pattern = new RegExp(`^${spelling}$`);
      expect(pattern.test('x'.repeat(lengthMax))).toBe(true);
      expect(pattern.test('x'.repeat(lengthMax + 1))).toBe(false);
    },
  );

  test('agree on the key of a record', () => {
    expect(transactionStream.keyName).toBe(transactionStream.fields.customerId.name);
    expect(Object.keys(transactionMessage.shape)).toContain(transactionStream.keyName);
  });
});

/** The columns of a table of the schema: names, types as the catalog spells them, and whether a row must give them. */
function columnsOf(table: object) {
  return Object.entries(table).flatMap(([key, column]) => {
    if (typeof column?.getSQLType !== 'function') return [];
    const type = String(column.getSQLType()).replace(' collate "C"', '').replace(', ', ',');
    return [{ key, name: String(column.name), type, isNullable: !column.notNull, isGiven: Boolean(column.hasDefault) }];
  });
}

describe.each([
  ['transactions', sinks.transactions, transactions],
  ['alerts', sinks.alerts, fraudAlerts],
  ['duplicates', sinks.duplicates, duplicateRecords],
  ['shadow results', sinks.shadowVerdicts, fraudShadowVerdicts],
  ['rejects', rejects, rejectedTransactions],
])('the rows of %s and their table', (_, sink, table) => {
  const columns = columnsOf(table);

  test('agree on names, types and nulls', () => {
    const known = new Map(columns.map(({ name, type, isNullable }) => [name, { name, type, isNullable }]));
    expect(sink.columns.map(({ name, type, isNullable }) => ({ name, type, isNullable }))).toEqual(
      sink.columns.map(({ name }) => known.get(name)),
    );
  });

  test('have each column once, and all that a row must have', () => {
    const names = sink.columns.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    const needed = columns.filter(({ isNullable, isGiven }) => !isNullable && !isGiven);
    expect(names).toEqual(expect.arrayContaining(needed.map(({ name }) => name)));
  });

  test('have a comment in the warehouse on each column', () => {
    const described = z
      .record(z.string(), z.object({ comment: z.string().min(1).optional() }))
      .parse(Reflect.get(catalog, `table ${sink.table}`));
    for (const { name } of sink.columns) expect(described[`column ${name}`]?.comment).toEqual(expect.any(String));
  });
});

test('a field has the name that TypeScript has for its column', () => {
  const keys = new Map(columnsOf(transactions).map(({ key, name }) => [name, key]));
  const named = Object.entries(fields).filter(([, { name, columns }]) =>
    columns.some((column) => column.name === name),
  );
  expect(named.map(([key]) => key)).toEqual(named.map(([, { name }]) => keys.get(name)));
  expect(Object.keys(fields).filter((key) => !named.some(([other]) => other === key))).toEqual(['timestamp']);
});
