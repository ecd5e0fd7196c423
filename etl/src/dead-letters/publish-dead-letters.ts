import { deadLetterHeaders as names } from '@pulse/contract';

import type { Context } from '../program/context.ts';
import type { OutgoingMessage, Publisher } from '../kafka/kafka-client.ts';
import type { KafkaSource } from '../kafka/kafka-source.ts';
import { requireKnownCluster } from '../program/known-cluster.ts';
import {
  asOnlyPublisher,
  hasUnpublished,
  markPublished,
  readUnpublished,
  type UnpublishedReject,
} from './unpublished-reject-queries.ts';
import { UsageError } from '../failures/errors.ts';
import { errorMessageOf } from '../failures/error-chain.ts';

/** One run publishes no more than this, and begins nothing new after so long: the next one goes on. */
const countMax = 10_000;
const timeMaxMs = 10_000;

/** One call: the Kafka client may be quadratic in its size, and the broker takes it as one record batch a partition. */
const lettersAtOnce = 200;
const bytesAtOnce = 512 * 1024;

/** Publishes what waits, after a batch. A failure is a warning: the next batch tries again. */
export async function publishAfterBatch(context: Context): Promise<void> {
  try {
    await publishDeadLetters(context);
  } catch (error) {
    context.logger.warn(
      { cause: errorMessageOf(error) },
      'rejected records could not be published: the next batch tries again',
    );
  }
}

/**
 * Publishes rejected records that no run has published yet, from the table, after their batch is committed: at least
 * once, so that an outage loses none.
 * @returns how many; no more than one run may take.
 */
export async function publishDeadLetters(context: Context): Promise<number> {
  const { warehouse, logger } = context;
  if (!(await hasUnpublished(warehouse.db))) return 0;
  // What is published to another cluster would count as published, and be missing from this one.
  await requireKnownCluster(context);
  const source = await context.kafka();
  const published = (await asOnlyPublisher(warehouse, async () => publishAll(context, source))) ?? 0;
  if (published > 0) logger.info({ published }, 'rejected records published');
  return published;
}

async function publishAll(context: Context, source: KafkaSource): Promise<number> {
  const { warehouse, config } = context;
  const startedMs = performance.now();
  using publisher = await source.createPublisher(config.kafka.deadLetterTopic);
  let count = 0;
  let afterId = 0;
  while (count < countMax && performance.now() - startedMs < timeMaxMs) {
    const rows = await readUnpublished(warehouse.db, afterId, lettersAtOnce);
    if (rows.length === 0) break;
    for (const group of inGroups(rows)) await publishGroup(context, publisher, group);
    count += rows.length;
    afterId = rows.at(-1)?.rejectedId ?? afterId;
  }
  return count;
}

async function publishGroup(
  { warehouse }: Context,
  publisher: Publisher,
  rows: readonly UnpublishedReject[],
): Promise<void> {
  const letters = rows.map(deadLetter);
  if ((await publisher.publish(letters)) !== undefined) {
    for (const letter of letters) await publishAlone(publisher, letter);
  }
  await markPublished(
    warehouse.db,
    rows.map(({ rejectedId }) => rejectedId),
  );
}

/** What the broker finds too large goes without its value. */
async function publishAlone(publisher: Publisher, letter: OutgoingMessage): Promise<void> {
  if ((await publisher.publish([letter])) === undefined) return;
  const error = await publisher.publish([withoutValue(letter)]);
  if (error === undefined) return;
  throw new UsageError(
    'a dead letter is too large without its value: raise max.message.bytes of the dead-letter topic',
    {
      cause: error,
    },
  );
}

/** Groups that the broker takes at once. */
function* inGroups(rows: readonly UnpublishedReject[]): Generator<readonly UnpublishedReject[]> {
  let group: UnpublishedReject[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = (row.rawValue?.length ?? 0) + (row.rawKey?.length ?? 0) + errorsMaxBytes;
    if (group.length > 0 && bytes + size > bytesAtOnce) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(row);
    bytes += size;
  }
  if (group.length > 0) yield group;
}

/** Findings beyond this stay in the quarantine. */
const errorsMaxBytes = 8192;

function deadLetter(row: UnpublishedReject): OutgoingMessage {
  return {
    key: row.rawKey,
    value: row.rawValue,
    headers: {
      [names.reason]: row.reasonCode,
      [names.errors]: errorsText(row.errors),
      [names.stage]: row.stage,
      [names.topic]: row.topic,
      [names.partition]: String(row.partition),
      [names.offset]: String(row.offset),
      [names.epoch]: String(row.epoch),
      [names.timestamp]: row.kafkaTimestamp.toISOString(),
      [names.batchId]: row.batchId,
      [names.rejectedId]: String(row.rejectedId),
      ...(row.orderId === null ? {} : { [names.orderId]: row.orderId }),
    },
  };
}

/** The findings as JSON; as many of the first as the header's room allows. */
function errorsText(errors: UnpublishedReject['errors']): string {
  const kept: unknown[] = [];
  let bytes = 2;
  for (const error of errors) {
    bytes += Buffer.byteLength(JSON.stringify(error)) + 1;
    if (bytes > errorsMaxBytes) break;
    kept.push(error);
  }
  return JSON.stringify(kept);
}

function withoutValue(letter: OutgoingMessage): OutgoingMessage {
  return { ...letter, value: null, headers: { ...letter.headers, [names.valueOmitted]: 'true' } };
}
