import { schemaVersions } from '@pulse/contract';

import { keysOf, type Fields, type Message, type Texts } from './field.ts';

/** Reads the texts of a message's fields; undefined where the contract refuses one of them. */
export type ReadRecord<Values> = (texts: Texts) => Values | undefined;

/** Makes the function that reads a message's fields into a record. */
export function createRecordReader<Values extends object>(fields: Fields<Values>): ReadRecord<Values> {
  const keys = keysOf(fields);
  const indexes = new Map(keys.map((key, index) => [fields[key].name, index + 1]));
  const blank = blankOf(fields);
  const steps = keys.map((key, index) => {
    const field = fields[key];
    return { key, field, index: index + 1, neededIndex: indexes.get(field.neededName ?? '') ?? 0 };
  });
  return (texts) => {
    const record = { ...blank };
    for (const { key, field, index, neededIndex } of steps) {
      const value = field.read(texts[index] ?? '', texts[neededIndex] ?? '');
      if (value === undefined) return undefined;
      record[key] = value;
    }
    return record;
  };
}

/** Makes the function that takes the texts out of a message that the contract has accepted. */
export function createTextsReader<Values extends object>(fields: Fields<Values>): (message: Message) => Texts {
  const names = keysOf(fields).map((key) => fields[key].name);
  return (message) => ['', ...names.map((name) => textOf(message[name]))];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/**
 * Makes the function that takes the texts out of a message in canonical spelling, about three times as fast as a JSON parser with
 * a schema behind it: `encodeTransaction` writes this spelling. It gives null for any other one. The first field is a required
 * one.
 */
export function createCanonicalReader<Values extends object>(fields: Fields<Values>): (value: Buffer) => Texts | null {
  const list = keysOf(fields).map((key) => fields[key]);
  const members = list.map(({ name, spelling, isOptional }, index) => {
    const member = `${index === 0 ? '' : ','}"${name}":"(${spelling})"`;
    return isOptional ? `(?:${member})?` : member;
  });
  const canonical = new RegExp(`^\\{${members.join('')}(?:,"schema_version":(?:${schemaVersions.join('|')}))?\\}$`);
  return (value) => canonical.exec(value.toString('latin1'));
}

function blankOf<Values extends object>(fields: Fields<Values>): Values {
  const keys = keysOf(fields);
  const blank: Partial<Values> = {};
  const add = (key: keyof Values): void => {
    blank[key] = fields[key].blank;
  };
  for (const key of keys) add(key);
  if (!isWhole(blank, keys)) throw new Error('a list of fields lacks one of its keys');
  return blank;
}

function isWhole<Values extends object>(record: Partial<Values>, keys: readonly (keyof Values)[]): record is Values {
  return keys.every((key) => Object.hasOwn(record, key));
}
