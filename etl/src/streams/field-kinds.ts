import {
  currencyExponent,
  parseAmountMinor,
  parseTimestamp,
  type CurrencyExponent,
  type Instant,
} from '@pulse/contract';

import type { Field } from './field.ts';

/** An amount of money in minor units of a currency that has so many decimals. */
export interface Amount {
  readonly minor: bigint;
  readonly exponent: CurrencyExponent;
}

/** An identifier or another open text. */
export function text(name: string, lengthMax: number): Field<string> {
  return textField(name, printableText(lengthMax), (value) => value);
}

/** One of a closed list of codes in capital letters. */
export function code(name: string, length: number, isKnown: (text: string) => boolean): Field<string> {
  return textField(name, `[A-Z]{${length}}`, (value) => (isKnown(value) ? value : undefined));
}

/** The ISO 4217 code of the message's amounts. */
export function currency(name: string): Field<string> {
  return code(name, 3, (value) => currencyExponent(value) !== undefined);
}

/** The same field where a message may leave it out: '' then, and null in its column. */
export function optional(field: Field<string>): Field<string> {
  return {
    ...field,
    isOptional: true,
    read: (value, needed) => (value === '' ? '' : field.read(value, needed)),
    columns: field.columns.map((column) => ({
      ...column,
      isNullable: true,
      write: (fields, value) => {
        if (value === '') fields.null();
        else column.write(fields, value);
      },
    })),
  };
}

/** A positive amount of the currency that another field of the message names. */
export function amount(name: string, currencyName: string): Field<Amount> {
  return {
    name,
    isOptional: false,
    isNumber: true,
    isHashedWhenAbsent: false,
    spelling: '[0-9.]{1,20}',
    blank: { minor: 0n, exponent: 0 },
    neededName: currencyName,
    read: (value, currencyCode) => {
      const exponent = currencyExponent(currencyCode);
      if (exponent === undefined) return undefined;
      const minor = parseAmountMinor(value, exponent);
      return typeof minor === 'string' ? undefined : { minor, exponent };
    },
    hashed: ({ minor }) => minor.toString(),
    columns: [
      {
        name,
        type: 'numeric(19,4)',
        isNullable: false,
        sizeBytes: undefined,
        write: (fields, { minor, exponent }) => fields.money(minor, exponent),
      },
    ],
  };
}

/** The columns of a timestamp: the moment, and the date at the message's own offset. */
interface TimestampColumns {
  readonly instant: string;
  readonly localDate: string;
}

/** A moment with its offset from UTC. */
export function timestamp(name: string, names: TimestampColumns): Field<Instant> {
  return {
    name,
    isOptional: false,
    isNumber: false,
    isHashedWhenAbsent: false,
    spelling: String.raw`[0-9T:-]{19}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9:]{5})`,
    neededName: undefined,
    blank: { epochMs: 0, microseconds: 0, localDate: '', localDay: 0 },
    read: (value) => {
      const parsed = parseTimestamp(value);
      return typeof parsed === 'string' ? undefined : parsed;
    },
    hashed: ({ epochMs, microseconds, localDate }) =>
      `${epochMs}${hashSeparator}${microseconds}${hashSeparator}${localDate}`,
    columns: [
      {
        name: names.instant,
        type: 'timestamp with time zone',
        isNullable: false,
        sizeBytes: 8,
        write: (fields, value) => fields.timestamp(value.epochMs, value.microseconds),
      },
      {
        name: names.localDate,
        type: 'date',
        isNullable: false,
        sizeBytes: 4,
        write: (fields, value) => fields.date(value.localDay),
      },
    ],
  };
}

/** Between the parts of a content hash. No field can hold it: the contract allows no control characters. */
export const hashSeparator = '\u001F';

/** Printable ASCII without quote and backslash, beginning with no space: nothing in it is escaped or of many bytes. */
function printableText(lengthMax: number): string {
  return String.raw`[!#-\[\]-~][ !#-\[\]-~]{0,${lengthMax - 1}}`;
}

function textField(name: string, spelling: string, read: Field<string>['read']): Field<string> {
  return {
    name,
    isOptional: false,
    isNumber: false,
    isHashedWhenAbsent: false,
    spelling,
    neededName: undefined,
    blank: '',
    read,
    hashed: (value) => value,
    columns: [
      { name, type: 'text', isNullable: false, sizeBytes: undefined, write: (fields, value) => fields.text(value) },
    ],
  };
}
