import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { deadLetterTopic, type TransactionMessage } from '@pulse/contract';
import type { Kafka } from 'kafkajs';
import type { Client, QueryResultRow } from 'pg';
import { expect, inject, vi } from 'vitest';

import { kafkaClient, publish, recordOf, withAdmin, type Compression, type TestRecord } from './kafka.ts';
import { runEtl, summariesOf, type Environment, type FinishedEtl, type Summary } from './programs.ts';
import { migratedWarehouse, openClient } from './warehouse.ts';

export interface PipelineOptions {
  readonly partitions?: number;
  /** Variables for every command, over the pipeline's own. */
  readonly env?: Environment;
}

/** A topic, a consumer group, a migrated warehouse and a staging folder that nobody else has. */
export interface Pipeline extends AsyncDisposable {
  readonly topic: string;
  readonly group: string;
  readonly kafka: Kafka;
  /** A connection of the warehouse's owner. */
  readonly client: Client;
  readonly stagingDir: string;
  /** The variables that its programs run with. */
  readonly env: Environment;
  publish(records: readonly (TransactionMessage | TestRecord)[], compression?: Compression): Promise<void>;
  query<Row extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Runs an etl command with `--json`, whatever becomes of it. */
  etl(args: readonly string[], env?: Environment): Promise<FinishedEtl>;
  /** Runs a command on a batch, which has to succeed. @returns the last summary. */
  batch(args: readonly string[], env?: Environment): Promise<Summary>;
}

/** Opens a pipeline of its own; all of it goes with its block (`await using`). */
export async function openPipeline({ partitions = 3, env: changes = {} }: PipelineOptions = {}): Promise<Pipeline> {
  const { kafkaBootstrapServers } = inject('services');
  const topic = `transactions-${randomBytes(6).toString('hex')}`;
  const group = `etl-${topic}`;
  await using opening = new AsyncDisposableStack();
  const kafka = kafkaClient(kafkaBootstrapServers);
  const stagingDir = await mkdtemp(join(tmpdir(), 'pulse-staging-'));
  opening.defer(() => rm(stagingDir, { recursive: true, force: true }));
  const warehouse = opening.use(await migratedWarehouse());
  const { client } = opening.use(await openClient(warehouse.url));
  opening.defer(() => removeFromKafka(kafka, [topic, deadLetterTopic(topic)], group));
  await createTopic(kafka, topic, partitions);
  await createTopic(kafka, deadLetterTopic(topic), 1);

  const login = new URL(warehouse.url);
  login.username = warehouse.roles.etl.name;
  login.password = warehouse.roles.etl.password;
  const env = {
    KAFKA_BOOTSTRAP_SERVERS: kafkaBootstrapServers,
    KAFKA_TOPIC_TRANSACTIONS: topic,
    KAFKA_CONSUMER_GROUP: group,
    WAREHOUSE_DATABASE_URL: login.href,
    ETL_STAGING_DIR: stagingDir,
    ...changes,
  };
  const etl: Pipeline['etl'] = (args, more = {}) => runEtl([...args, '--json'], { env: { ...env, ...more } });
  const opened = opening.move();
  return {
    topic,
    group,
    kafka,
    client,
    stagingDir,
    env,
    etl,
    publish: (records, compression) => publish(kafka, topic, records.map(asRecord), compression),
    query: async (sql, values = []) => (await client.query(sql, [...values])).rows,
    batch: async (args, more) => {
      const finished = await etl(args, more);
      const last = summariesOf(finished).at(-1);
      if (finished.exitCode === 0 && last !== undefined) return last;
      throw new Error(`etl ${args.join(' ')} ended with ${finished.exitCode}:\n${finished.stderr}`);
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Makes a topic and waits until its partitions can be used: what a deleted one of that name was takes its time to go. */
export async function createTopic(kafka: Kafka, topic: string, partitions: number): Promise<void> {
  await withAdmin(kafka, async (admin) => {
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: false });
    await vi.waitFor(async () => expect(await admin.fetchTopicOffsets(topic)).toHaveLength(partitions), {
      timeout: topicTimeoutMs,
      interval: 50,
    });
  });
}

const topicTimeoutMs = 20_000;

async function removeFromKafka(kafka: Kafka, topics: readonly string[], group: string): Promise<void> {
  await withAdmin(kafka, async (admin) => {
    const { groups } = await admin.listGroups();
    if (groups.some(({ groupId }) => groupId === group)) await admin.deleteGroups([group]);
    const present = await admin.listTopics();
    const ours = topics.filter((topic) => present.includes(topic));
    if (ours.length > 0) await admin.deleteTopics({ topics: ours });
  });
}

function asRecord(item: TransactionMessage | TestRecord): TestRecord {
  return 'value' in item ? item : recordOf(item);
}
