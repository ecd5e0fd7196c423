import { ConfigError, exitCode } from '@pulse/runtime';
import { expect, test } from 'vitest';

import { IntegrityError, TemporaryError, UsageError } from '../failures/errors.ts';
import { errorCodeOf, errorMessageOf } from '../failures/error-chain.ts';
import { exitCodeOf, remedyOf } from './failure-kind.ts';

const withCode = (code: string): Error => Object.assign(new Error(`failed with ${code}`), { code });

test.each([
  ['a refused connection', withCode('ECONNREFUSED')],
  ['a full disk', withCode('ENOSPC')],
  ['a database that shuts down', withCode('57P01')],
  ['a lock that is not to be had in time', withCode('55P03')],
  ['a transaction that idled too long', withCode('25P03')],
  ['a transaction that took too long', withCode('25P04')],
  ['a cancelled query', withCode('57014')],
  ['a deadlock', withCode('40P01')],
  ['too many connections', withCode('53300')],
  ['a connection broken in mid-query', new Error('Connection terminated unexpectedly')],
  ['a retriable Kafka error', Object.assign(new Error('no leader'), { name: 'KafkaJSProtocolError', retriable: true })],
  ['a temporary error as the cause of another', new Error('step failed', { cause: new TemporaryError('away') })],
])('%s is worth a retry', (_, error) => {
  expect(exitCodeOf(error)).toBe(exitCode.temporaryFailure);
});

test.each([
  ['an integrity error', new IntegrityError('gap', 'a gap', 'accept it', []), exitCode.integrity],
  ['a wrong variable', new ConfigError('X: wrong'), exitCode.usage],
  ['a wrong argument', new UsageError('no such batch'), exitCode.usage],
  ['a wrong password', withCode('28P01'), exitCode.usage],
  ['a database that is not there', withCode('3D000'), exitCode.usage],
  ['a table that is not there', withCode('42P01'), exitCode.usage],
  ['a programming error', new TypeError('undefined is not a function'), exitCode.bug],
  ['a violated constraint', withCode('23514'), exitCode.bug],
])('%s is never retried', (_, error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});

test('the ledger gets a stable code and the words of every cause', () => {
  const error = new Error('load failed', { cause: withCode('53100') });
  expect(errorCodeOf(error)).toBe('53100');
  expect(errorMessageOf(error)).toBe('load failed: failed with 53100');
});

test('a missing table tells to run the migrator', () => {
  expect(remedyOf(new Error('query failed', { cause: withCode('42P01') }))).toContain('make db-migrate');
});
