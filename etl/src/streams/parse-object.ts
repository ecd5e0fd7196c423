import { JsonNumber, rejectReasons, type FieldError, type RejectReason } from '@pulse/contract';

export type ParsedObject =
  | { readonly kind: 'unreadable'; readonly reason: RejectReason }
  | {
      readonly kind: 'object';
      /** Fields of the contract that are numbers are `JsonNumber`: as spelled, not as the double next to it. */
      readonly value: Readonly<Record<string, unknown>>;
      /** Errors of the JSON text that its parsed value no longer shows. */
      readonly errors: readonly FieldError[];
    };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const pollutingKeys = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads a record's value as a JSON object, strictly. Bad bytes are a value, never an exception.
 * @param numberNames - Fields that may be numbers.
 */
export function parseObject(bytes: Buffer, numberNames: ReadonlySet<string>): ParsedObject {
  const text = decoded(bytes);
  if (text === undefined) return { kind: 'unreadable', reason: 'invalid_utf8' };
  if (text.trim() === '') return { kind: 'unreadable', reason: 'empty_value' };
  if (text.includes('\0')) return { kind: 'unreadable', reason: 'nul_byte' };
  const json = parsed(text);
  if (json === undefined) return { kind: 'unreadable', reason: 'not_json' };
  const { value } = json;
  if (!isObject(value)) return { kind: 'unreadable', reason: 'not_an_object' };
  const { errors, numbers } = scanned(text, numberNames);
  return { kind: 'object', value: numbers.length === 0 ? value : { ...value, ...Object.fromEntries(numbers) }, errors };
}

function decoded(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What JSON.parse lets pass or loses: duplicate keys, keys that reach into prototypes, and the digits of numbers. (A reviver
 * gets a number's source, too, but it exhausts the stack on nested brackets, and a parse takes six times as long.)
 */
function scanned(
  text: string,
  numberNames: ReadonlySet<string>,
): { readonly errors: FieldError[]; readonly numbers: [string, JsonNumber][] } {
  const errors: FieldError[] = [];
  const numbers: [string, JsonNumber][] = [];
  const report = (key: string, reason: RejectReason): void => {
    errors.push({ field: storable(key), reason, message: rejectReasons[reason] });
  };
  for (const { key, isDuplicate, depth, number } of scanKeys(text)) {
    if (isDuplicate) report(key, 'duplicate_json_key');
    if (pollutingKeys.has(key)) report(key, 'prototype_polluting_key');
    if (number !== undefined && depth === 1 && numberNames.has(key)) numbers.push([key, new JsonNumber(number)]);
  }
  return { errors, numbers };
}

/** A key as jsonb can hold it: neither NUL nor half of a surrogate pair. */
function storable(key: string): string {
  return key.replaceAll('\0', '\uFFFD').toWellFormed();
}

interface ScannedKey {
  readonly key: string;
  readonly isDuplicate: boolean;
  /** 1 for a key of the message itself. */
  readonly depth: number;
  /** The source of the key's value where that is a number. */
  readonly number: string | undefined;
}

/** Strings and structure of JSON text that is known to be valid; a number only behind a colon. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\]]|:\s*(-?[0-9][0-9.eE+-]*)?/g;

/** The keys of valid JSON text. Without recursion: a message of nothing but brackets must not exhaust the stack. */
function* scanKeys(text: string): Generator<ScannedKey, void> {
  const open: (Set<string> | undefined)[] = [];
  let last = '';
  for (const [matched, number] of text.matchAll(token)) {
    if (matched === '{') open.push(new Set());
    else if (matched === '[') open.push(undefined);
    else if (matched === '}' || matched === ']') open.pop();
    else if (matched.startsWith(':')) {
      const key = String(JSON.parse(last));
      const keys = open.at(-1);
      const isDuplicate = keys?.has(key) ?? false;
      keys?.add(key);
      yield { key, isDuplicate, depth: open.length, number };
    } else last = matched;
  }
}
