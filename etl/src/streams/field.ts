import type { CopyFields } from '../copy-format/copy-binary.ts';

/** A message by the names of its fields: what the contract has accepted. */
export type Message = Readonly<Record<string, unknown>>;

/** The texts of a message's fields, from index 1 on in the order of its list; undefined for an absent field. */
export type Texts = readonly (string | undefined)[];

/** One field of a stream's message: how it is spelled, read, hashed and stored. `Value` is what is read. */
export interface Field<Value> {
  /** Its name in the message. */
  readonly name: string;
  readonly isOptional: boolean;
  /** Whether JSON may spell it as a number. */
  readonly isNumber: boolean;
  /** The source of a pattern without groups: what of the canonical spelling stands between the quotes. */
  readonly spelling: string;
  /** Any value. Each record begins as a copy of one that has these, which is faster than one field after the other. */
  readonly blank: Value;
  /** The field whose text is needed to read this one's. */
  readonly neededName: string | undefined;
  /** Reads its text, '' where it is absent; undefined for a text that the contract refuses. */
  read(text: string, needed: string): Value | undefined;
  /** The text that stands for a value in the content hash, equal for equal values and without control characters. */
  hashed(value: Value): string;
  /**
   * True for an optional field that has its position in the content hash even when it is absent. All others enter it by name
   * when they are present, so that a new field leaves the hashes of older messages as they are.
   */
  readonly isHashedWhenAbsent: boolean;
  /** The columns that hold it. */
  readonly columns: readonly FieldColumn<Value>[];
}

/** A column of a table, and its type in PostgreSQL. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly isNullable: boolean;
}

/** A column that is made of a field's value. */
interface FieldColumn<Value> extends Column {
  /** How many bytes each value takes; undefined where that differs. */
  readonly sizeBytes: number | undefined;
  write(fields: CopyFields, value: Value): void;
}

/** The list of a stream's fields, in the order of its message's canonical spelling. Records have their values by these keys. */
export type Fields<Values> = { readonly [Key in keyof Values]: Field<Values[Key]> };

/** The record that a list describes. */
export type RecordOf<List> = List extends Fields<infer Values> ? Readonly<Values> : never;

/** The keys of a list, in its order. */
export function keysOf<Values extends object>(fields: Fields<Values>): (keyof Values & string)[] {
  return Object.keys(fields).filter((key): key is keyof Values & string => Object.hasOwn(fields, key));
}
