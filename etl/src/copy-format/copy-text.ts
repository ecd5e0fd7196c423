/** PostgreSQL's COPY text format: https://www.postgresql.org/docs/17/sql-copy.html#SQL-COPY-FILE-FORMATS */

export const copyNull = '\\N';

const special = /[\\\b\f\n\r\t\v]/;
const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** Text as a field of a COPY line. */
export function copyText(text: string): string {
  return special.test(text) ? text.replace(/[\\\b\f\n\r\t\v]/g, (character) => escapes[character] ?? character) : text;
}

/** Bytes as a bytea field of a COPY line, null as COPY's null. */
export function copyBytes(bytes: Buffer | null): string {
  return bytes === null ? copyNull : `\\\\x${bytes.toString('hex')}`;
}

/** A JSON value as a field of a COPY line. */
export function copyJson(value: unknown): string {
  return copyText(JSON.stringify(value));
}
