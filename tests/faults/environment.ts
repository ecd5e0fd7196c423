import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { withClient, type PostgresServer } from '@pulse/local';
import kafkajs, { type Kafka } from 'kafkajs';

import { preparePoison } from './poison.ts';
import type { Random } from './random.ts';
import { withRetry } from './retry.ts';
import { runProgram, type Variables } from './run-program.ts';
import type { Services } from './services.ts';
import { partitionCount } from './traffic.ts';
import { openWarehouseProxy, type WarehouseProxy } from './warehouse-proxy.ts';

/** What one seed has for itself: a topic, a warehouse and a staging folder. */
export interface Environment extends AsyncDisposable {
  readonly topic: string;
  readonly kafka: Kafka;
  readonly proxy: WarehouseProxy;
  readonly ownerUrl: string;
  /** The variables of the etl command, which reaches the warehouse through the proxy. */
  readonly variables: Variables;
  /** How often the migrator was killed before it was done. */
  readonly migratorKills: number;
}

/** Migrates a new warehouse, killing the migrator on the way, and makes the topic. */
export async function openEnvironment(services: Services, random: Random, batchMessages: number): Promise<Environment> {
  await using opening = new AsyncDisposableStack();
  const name = `faults_${randomBytes(6).toString('hex')}`;
  const { postgres, kafkaServer, brokerProxy } = services;
  const ownerUrl = postgres.url(name);
  const roles = {
    WAREHOUSE_ETL_USER: `${name}_etl`,
    WAREHOUSE_ETL_PASSWORD: 'etl',
    WAREHOUSE_READER_USER: `${name}_reader`,
    WAREHOUSE_READER_PASSWORD: 'reader',
  };
  await onServer(postgres, `create database ${name}`);
  opening.defer(() => dropWarehouse(postgres, name));
  const migratorKills = await migrateKilled(
    services,
    { WAREHOUSE_DATABASE_URL: ownerUrl, ...roles, WAREHOUSE_SEED: 'sample' },
    random,
  );
  await preparePoison(ownerUrl);
  const proxy = opening.use(await openWarehouseProxy(postgres.port));
  const kafka = quietKafka(kafkaServer.bootstrapServers);
  const topic = `sales-${name}`;
  await makeTopic(kafka, topic);
  const stagingDir = join(services.folder, name);
  await mkdir(stagingDir);
  const login = new URL(ownerUrl);
  login.username = roles.WAREHOUSE_ETL_USER;
  login.password = roles.WAREHOUSE_ETL_PASSWORD;
  login.port = String(proxy.network.port);
  const variables = {
    KAFKA_BOOTSTRAP_SERVERS: `127.0.0.1:${brokerProxy.network.port}`,
    KAFKA_TOPIC_TRANSACTIONS: topic,
    KAFKA_CONSUMER_GROUP: `etl-${topic}`,
    KAFKA_WAIT_SECONDS: '4',
    WAREHOUSE_DATABASE_URL: login.href,
    WAREHOUSE_WAIT_SECONDS: '4',
    WAREHOUSE_LOCK_TIMEOUT_SECONDS: '3',
    WAREHOUSE_LOAD_TIMEOUT_SECONDS: '4',
    ETL_STAGING_DIR: stagingDir,
    ETL_BATCH_MAX_MESSAGES: String(batchMessages),
    ETL_TAX_UNVERIFIED: 'quarantine',
  };
  const opened = opening.move();
  return {
    topic,
    kafka,
    proxy,
    ownerUrl,
    variables,
    migratorKills,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

const migratorKillsWanted = 2;

async function migrateKilled({ migrate }: Services, variables: Variables, random: Random): Promise<number> {
  let kills = 0;
  for (let round = 0; round < migratorKillsWanted; round += 1) {
    const { signal } = await runProgram(migrate, ['up'], variables, { killAfterMs: random.between(150, 700) });
    if (signal === 'SIGKILL') kills += 1;
  }
  for (const command of ['up', 'check']) {
    const { exitCode, stderr } = await runProgram(migrate, [command], variables);
    if (exitCode !== 0)
      throw new Error(`after ${kills} kills the migrator's ${command} ends with ${exitCode}:\n${stderr}`);
  }
  return kills;
}

/** A client that waits as long as a broker takes to restart. */
function quietKafka(bootstrapServers: string): Kafka {
  return new kafkajs.Kafka({
    brokers: [bootstrapServers],
    clientId: 'faults',
    logLevel: kafkajs.logLevel.NOTHING,
    connectionTimeout: 2000,
    requestTimeout: 8000,
    retry: { retries: 12, initialRetryTime: 200, maxRetryTime: 3000 },
  });
}

/** Makes the topic and waits until all of its partitions can be used. */
export async function makeTopic(kafka: Kafka, topic: string): Promise<void> {
  await withRetry(kafka, async (admin) => {
    await admin.createTopics({ topics: [{ topic, numPartitions: partitionCount }], waitForLeaders: true });
    await admin.fetchTopicOffsets(topic);
  });
}

async function onServer(postgres: PostgresServer, ...statements: readonly string[]): Promise<void> {
  await withClient(postgres.url('postgres'), async (client) => {
    for (const statement of statements) await client.query(statement);
  });
}

async function dropWarehouse(postgres: PostgresServer, name: string): Promise<void> {
  await onServer(
    postgres,
    `drop database ${name} with (force)`,
    `drop role if exists ${name}_etl`,
    `drop role if exists ${name}_reader`,
  );
}
