import { ConfigError } from '@pulse/runtime';
import { DrizzleQueryError } from 'drizzle-orm';
import { DatabaseError } from 'pg';
import { expect, test } from 'vitest';

import { describeFailure, exitCodeOf, UnavailableError } from './failure.ts';

test.each([
  ['a wrong variable', new ConfigError('wrong'), 64],
  ['a database that is not ready in time', new UnavailableError('not ready'), 75],
  ['a refused connection', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), 75],
  ['a server that starts', databaseError('57P03'), 75],
  ['a lock that others hold too long', databaseError('55P03'), 75],
  ['a lock time-out inside drizzle', new DrizzleQueryError('select 1', [], databaseError('55P03')), 75],
  ['a connection that ends', new Error('Connection terminated unexpectedly'), 75],
  ['SQL that is wrong', databaseError('42601'), 70],
  ['anything else', new TypeError('x is not a function'), 70],
])('%s: exit code', (_, error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});

test("the database's reason is told, not drizzle's statement", () => {
  expect(describeFailure(new DrizzleQueryError('select secret', [], databaseError('42601')))).toBe('no');
});

function databaseError(code: string): DatabaseError {
  return Object.assign(new DatabaseError('no', 2, 'error'), { code });
}
