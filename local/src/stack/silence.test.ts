import { expect, test } from 'vitest';

import { Silence, type Finding } from './silence.ts';

function indexOfHung(silence: Silence, findings: readonly Finding[]): number {
  return findings.findIndex((finding) => silence.add(finding));
}

test.each<[string, Finding[], number]>([
  ['that answers', ['answers', 'answers', 'answers', 'answers'], -1],
  ['that is silent three times', ['answers', 'silent', 'silent', 'silent'], 3],
  ['that answers in between', ['silent', 'silent', 'answers', 'silent', 'silent'], -1],
  ['that is unknown in between', ['silent', 'unknown', 'silent', 'unknown', 'unknown', 'silent'], 5],
  ['that is always unknown', ['unknown', 'unknown', 'unknown', 'unknown'], -1],
])('a program %s counts as hung at the right time', (_, findings, index) => {
  expect(indexOfHung(new Silence(3), findings)).toBe(index);
});

test('a program that was just started has time to answer', () => {
  const silence = new Silence(2);
  silence.restart(3);
  expect(indexOfHung(silence, ['silent', 'silent', 'silent', 'silent', 'silent'])).toBe(4);
});

test('a program that answers loses the rest of its start-up time', () => {
  const silence = new Silence(2);
  silence.restart(3);
  expect(indexOfHung(silence, ['answers', 'silent', 'silent'])).toBe(2);
});
