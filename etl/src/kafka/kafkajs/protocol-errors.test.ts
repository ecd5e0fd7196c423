import kafkajsErrors from 'kafkajs/src/protocol/error.js';
import { expect, test } from 'vitest';

import { completeErrorCodes } from './complete-error-codes.ts';
import { protocolErrors } from '../protocol-errors.ts';
import { errorCodeOf } from '../../failures/error-chain.ts';
import { failureOf, type Failure } from '../../failures/failure.ts';
import { kafkaFailureOf } from '../kafka-errors.ts';

const failureOfKafka = (error: unknown): Failure => failureOf(error, kafkaFailureOf);

const ofKafkajs = kafkajsErrors.errorCodes.map((entry) => ({ ...entry }));
completeErrorCodes();
/** Those of Kafka 4.1: every number from -1 on but 0, which is no error. */
const ofKafka = Array.from({ length: 135 }, (_, index) => index - 1).filter((code) => code !== 0);

test('every error code of Kafka and of kafkajs stands in the table, once', () => {
  expect([...protocolErrors.keys()]).toEqual(ofKafka);
  expect(ofKafkajs.every(({ code }) => protocolErrors.has(code))).toBe(true);
});

test.each(ofKafka)('code %i is of the kind that the table says, with a remedy where people have to act', (code) => {
  const error = kafkajsErrors.createErrorFromCode(code);
  const wrapped = new Error('a step failed', { cause: error });
  const kind = protocolErrors.get(code)?.kind;
  expect(failureOfKafka(wrapped).kind).toBe(kind);
  expect(errorCodeOf(wrapped)).not.toBe('KAFKAJS_UNKNOWN_ERROR_CODE');
  expect(failureOfKafka(wrapped).remedy !== undefined).toBe(kind === 'usage');
});

test.each(ofKafka.filter((code) => code > 88))('code %i, which kafkajs does not know, has its name', (code) => {
  expect(errorCodeOf(kafkajsErrors.createErrorFromCode(code))).toBe(protocolErrors.get(code)?.name);
});

test('whatever kafkajs would try again is temporary', () => {
  const others = ofKafkajs.filter(({ code, retriable }) => retriable && protocolErrors.get(code)?.kind !== 'temporary');
  expect(others).toEqual([]);
});

test.each([
  [-1, 'temporary'],
  [17, 'usage'],
  [29, 'usage'],
  [30, 'usage'],
  [42, 'bug'],
  [58, 'usage'],
  [89, 'temporary'],
  [97, 'temporary'],
  [134, 'temporary'],
])('code %i is a failure of kind %s', (code, expected) => {
  expect(failureOfKafka(kafkajsErrors.createErrorFromCode(code)).kind).toBe(expected);
});

test('of errors about several topics the first one counts', () => {
  const errors = [kafkajsErrors.createErrorFromCode(29)];
  expect(failureOfKafka(Object.assign(new Error('Topic errors'), { errors })).kind).toBe('usage');
});
