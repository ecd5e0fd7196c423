import type * as z from 'zod';

import { createContentDigest } from './content-hash.ts';
import { keysOf, type Fields, type Message, type Texts } from './field.ts';
import type { Amount } from './field-kinds.ts';
import { createCanonicalReader, createRecordReader, createTextsReader, type ReadRecord } from './read-record.ts';
import { stagedColumnsOf, type StagedColumn } from './staged-columns.ts';
import { layoutOf, type RecordLayout } from './valid-record.ts';
import type { Instant } from '@pulse/contract';

/** What the records of every stream have. */
export interface StreamRecord {
  readonly orderId: string;
  readonly customerId: string;
  readonly amount: Amount;
  readonly currency: string;
  readonly timestamp: Instant;
}

/** What is declared of a stream. */
interface Declaration<Values extends object, Id extends keyof Values> {
  /** The topic's name, unless a setting gives another one. */
  readonly topic: string;
  /** The field that a record's key in Kafka repeats. */
  readonly keyName: string;
  readonly messageSchema: z.ZodType<Message>;
  readonly fields: Fields<Values>;
  /** What no two records have in common. */
  readonly id: Id;
}

/** How a stream's messages are read. */
export interface StreamReader<Values> {
  readonly messageSchema: z.ZodType<Message>;
  /** Fields that JSON may spell as numbers. */
  readonly numberNames: ReadonlySet<string>;
  /** The texts of a message in canonical spelling; null for any other one. */
  readonly readCanonical: (value: Buffer) => Texts | null;
  readonly textsOf: (message: Message) => Texts;
  readonly readRecord: ReadRecord<Values>;
}

/** A stream: a topic, and everything that follows from the list of its message's fields. */
export interface Stream<Values> extends StreamReader<Values> {
  readonly topic: string;
  readonly keyName: string;
  readonly fields: Fields<Values>;
  readonly contentDigest: (record: Values) => string;
  /** The columns of a staged record, and where those of a fixed length stand in it. */
  readonly stagedColumns: readonly StagedColumn<Values>[];
  readonly layout: RecordLayout;
}

/** Makes a stream of what is declared of it. */
export function declareStream<Values extends StreamRecord>({
  topic,
  keyName,
  messageSchema,
  fields,
  id,
}: Declaration<Values, keyof Values>): Stream<Values> {
  const stagedColumns = stagedColumnsOf(fields, [id, 'customerId']);
  const numbers = keysOf(fields).filter((key) => fields[key].isNumber);
  const [instant, localDate] = fields.timestamp.columns;
  if (instant === undefined || localDate === undefined) throw new Error(`the timestamp of ${topic} lacks a column`);
  return {
    topic,
    keyName,
    messageSchema,
    fields,
    numberNames: new Set([...numbers.map((key) => fields[key].name), 'schema_version']),
    readCanonical: createCanonicalReader(fields),
    textsOf: createTextsReader(fields),
    readRecord: createRecordReader(fields),
    contentDigest: createContentDigest(fields),
    stagedColumns,
    layout: layoutOf(stagedColumns, { instant: instant.name, localDate: localDate.name }),
  };
}
