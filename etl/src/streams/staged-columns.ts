import type { CopyFields } from '../copy-format/copy-binary.ts';
import { contentHashBytes } from './content-hash.ts';
import { keysOf, type Column, type Fields } from './field.ts';

/** Where a record comes from. */
interface Coordinates {
  readonly partition: number;
  readonly epoch: number;
  readonly offset: number;
  /** Its time in Kafka, in milliseconds since 1970-01-01T00:00:00Z. */
  readonly recordMs: number;
  /** Where the record's frame begins in its staged file. */
  readonly framePosition: number;
}

/** What the columns of one staged record are made of. */
export interface Staged<Values> {
  readonly record: Values;
  /** In hexadecimal digits; the first ones are the content hash. */
  readonly contentDigest: string;
  readonly coordinates: Coordinates;
}

/** A column that is known after validation. */
export interface StagedColumn<Values> extends Column {
  /** How many bytes each value takes; undefined where that differs. */
  readonly sizeBytes: number | undefined;
  write(fields: CopyFields, staged: Staged<Values>): void;
}

/**
 * The columns that are known after validation: the two keys, then all of a fixed length, for their values are found without
 * reading through the ones before, then the others.
 */
export function stagedColumnsOf<Values extends object>(
  fields: Fields<Values>,
  keys: readonly [id: keyof Values, customer: keyof Values],
): readonly StagedColumn<Values>[] {
  const columnsOf = (key: keyof Values): StagedColumn<Values>[] =>
    fields[key].columns.map((column) => ({
      ...column,
      write: (out, { record }) => column.write(out, record[key]),
    }));
  const others = keysOf(fields)
    .filter((key) => !keys.includes(key))
    .flatMap((key) => columnsOf(key));
  const isFixed = ({ sizeBytes }: StagedColumn<Values>): boolean => sizeBytes !== undefined;
  return [
    ...keys.flatMap((key) => columnsOf(key)),
    contentHash,
    ...others.filter(isFixed),
    ...coordinates,
    ...others.filter((column) => !isFixed(column)),
  ];
}

const contentHash: StagedColumn<unknown> = {
  name: 'content_hash',
  type: 'bytea',
  isNullable: false,
  sizeBytes: contentHashBytes,
  write: (fields, { contentDigest }) => fields.byteArray(contentDigest, contentHashBytes),
};

const coordinates: readonly StagedColumn<unknown>[] = [
  {
    name: 'kafka_offset',
    type: 'bigint',
    isNullable: false,
    sizeBytes: 8,
    write: (fields, staged) => fields.bigint(staged.coordinates.offset),
  },
  {
    name: 'kafka_partition',
    type: 'integer',
    isNullable: false,
    sizeBytes: 4,
    write: (fields, staged) => fields.integer(staged.coordinates.partition),
  },
  {
    name: 'kafka_epoch',
    type: 'integer',
    isNullable: false,
    sizeBytes: 4,
    write: (fields, staged) => fields.integer(staged.coordinates.epoch),
  },
];
