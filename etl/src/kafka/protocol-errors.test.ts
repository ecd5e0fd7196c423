import { exitCode } from '@pulse/runtime';
import kafkajsErrors from 'kafkajs/src/protocol/error.js';
import { expect, test } from 'vitest';

import { errorCodeOf, exitCodeOf, remedyOf } from '../errors.ts';
import { completeErrorCodes } from './complete-error-codes.ts';
import { protocolErrors } from './protocol-errors.ts';

const ofKafkajs = kafkajsErrors.errorCodes.map((entry) => ({ ...entry }));
completeErrorCodes();
/** Those of Kafka 4.1: every number from -1 on but 0, which is no error. */
const ofKafka = Array.from({ length: 135 }, (_, index) => index - 1).filter((code) => code !== 0);

test('every error code of Kafka and of kafkajs stands in the table, once', () => {
  expect([...protocolErrors.keys()]).toEqual(ofKafka);
  expect(ofKafkajs.every(({ code }) => protocolErrors.has(code))).toBe(true);
});

test.each(ofKafka)('code %i ends as the table says, with a remedy where people have to act', (code) => {
  const error = kafkajsErrors.createErrorFromCode(code);
  const wrapped = new Error('a step failed', { cause: error });
  const { kind } = protocolErrors.get(code) ?? {};
  const expected = { integrity: 65, temporary: 75, usage: 64, bug: 70 }[kind ?? 'bug'];
  expect(exitCodeOf(wrapped)).toBe(expected);
  expect(errorCodeOf(wrapped)).not.toBe('KAFKAJS_UNKNOWN_ERROR_CODE');
  expect(remedyOf(wrapped) !== undefined).toBe(kind === 'usage');
});

test.each(ofKafka.filter((code) => code > 88))('code %i, which kafkajs does not know, has its name', (code) => {
  expect(errorCodeOf(kafkajsErrors.createErrorFromCode(code))).toBe(protocolErrors.get(code)?.name);
});

test('whatever kafkajs would try again is temporary', () => {
  const others = ofKafkajs.filter(({ code, retriable }) => retriable && protocolErrors.get(code)?.kind !== 'temporary');
  expect(others).toEqual([]);
});

test.each([
  [-1, exitCode.temporaryFailure],
  [17, exitCode.usage],
  [29, exitCode.usage],
  [30, exitCode.usage],
  [42, exitCode.bug],
  [58, exitCode.usage],
  [89, exitCode.temporaryFailure],
  [97, exitCode.temporaryFailure],
  [134, exitCode.temporaryFailure],
])('code %i ends with %i', (code, expected) => {
  expect(exitCodeOf(kafkajsErrors.createErrorFromCode(code))).toBe(expected);
});

test('of errors about several topics the first one counts', () => {
  const errors = [kafkajsErrors.createErrorFromCode(29)];
  expect(exitCodeOf(Object.assign(new Error('Topic errors'), { errors }))).toBe(exitCode.usage);
});
