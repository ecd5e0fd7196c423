import { InvalidArgumentError } from '@commander-js/extra-typings';

import { parts, type Part } from './measure-size.ts';

const messagesMax = 100_000_000;
const largeMessages = 1_000_000;

/** Rounds without `--rounds`: three for large batches. */
export function defaultRounds(messages: number): number {
  return messages >= largeMessages ? 3 : 5;
}

/** Reads `1000,100000`: whole numbers, each once, from small to large. */
export function parseSizes(text: string): readonly number[] {
  const sizes = text.split(',').map((part) => parseWhole(part, messagesMax));
  return [...new Set(sizes)].sort((a, b) => a - b);
}

/** Reads a number of rounds. */
export function parseRounds(text: string): number {
  return parseWhole(text, 1_000);
}

/** Reads a number of facts. */
export function parseFacts(text: string): number {
  return parseWhole(text, messagesMax);
}

/** Reads a number of days. */
export function parseDays(text: string): number {
  return parseWhole(text, 3_650);
}

/** Reads a number of customers. */
export function parseCustomers(text: string): number {
  return parseWhole(text, 10_000_000);
}

/** Reads the seed of the traffic. */
export function parseSeed(text: string): number {
  return parseWhole(text, 2 ** 32 - 1);
}

/** Reads a ratio of messages, 0.5 at most: the benchmark measures transactions that are loaded. */
export function parseRatio(text: string): number {
  const ratio = Number(text);
  if (/^0(\.\d+)?$/.test(text) && ratio <= 0.5) return ratio;
  throw new InvalidArgumentError('Expected a ratio from 0 to 0.5.');
}

/** Reads `steps,reference`. */
export function parseParts(text: string): ReadonlySet<Part> {
  const names = text.split(',').map((name) => name.trim());
  const chosen = parts.filter((part) => names.includes(part));
  if (chosen.length === new Set(names).size) return new Set(chosen);
  throw new InvalidArgumentError(`Expected one or more, separated by commas, of ${parts.join(', ')}.`);
}

function parseWhole(text: string, max: number): number {
  const value = /^\s*[1-9]\d*\s*$/.test(text) ? Number(text) : Number.NaN;
  if (value <= max) return value;
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${max}.`);
}
