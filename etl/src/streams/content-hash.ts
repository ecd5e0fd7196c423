import { hash } from 'node:crypto';

import { keysOf, type Fields } from './field.ts';
import { hashSeparator } from './field-kinds.ts';

/** So much of a digest counts. */
export const contentHashBytes = 16;

/**
 * Makes the function that gives the SHA-256 over what makes a record this record, in 64 hexadecimal digits; the first 32 count.
 * Two messages with equal hashes are the same one sent twice. Values are hashed, not their spelling.
 *
 * Required fields stand in the order of the list, each at its position; optional ones follow with their names, and only those
 * that are present: an optional field that is new changes no hash of a message without it. No two records have the same text,
 * for a separator stands in no value.
 */
export function createContentDigest<Values extends object>(fields: Fields<Values>): (record: Values) => string {
  const list = keysOf(fields).map((key) => ({ key, field: fields[key] }));
  const [first, ...positional] = list.filter(({ field }) => !field.isOptional || field.isHashedWhenAbsent);
  const named = list.filter(({ field }) => field.isOptional && !field.isHashedWhenAbsent);
  if (first === undefined) throw new Error('a stream has no required field');
  return (record) => {
    let text = first.field.hashed(record[first.key]);
    for (const { key, field } of positional) text += hashSeparator + field.hashed(record[key]);
    for (const { key, field } of named) {
      const value = field.hashed(record[key]);
      if (value !== '') text += `${hashSeparator}${field.name}${hashSeparator}${value}`;
    }
    return hash('sha256', text, 'hex');
  };
}

/** What counts of a digest, as the warehouse keeps it. */
export function contentHashOf(digest: string): string {
  return digest.slice(0, 2 * contentHashBytes);
}
