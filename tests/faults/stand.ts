import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startKafka, startPostgres, withClient, type KafkaServer, type PostgresServer } from '@pulse/local';
import { execa } from 'execa';
import getPort from 'get-port';
import kafkajs, { type Kafka } from 'kafkajs';

import { openBrokerProxy, type BrokerProxy } from './broker-proxy.ts';
import type { Random } from './random.ts';
import { runProgram, type Command, type Environment } from './command.ts';
import { patiently } from './patiently.ts';
import { findSmallDisk, type SmallDisk } from './small-disk.ts';
import { preparePoison } from './poison.ts';
import { partitionCount } from './traffic.ts';
import { openWarehouseProxy, type WarehouseProxy } from './warehouse-proxy.ts';

/** The programs under test, and the broker and the database that are broken under them: this suite's own. */
export interface Stand extends AsyncDisposable {
  readonly etl: Command;
  readonly migrate: Command;
  readonly folder: string;
  readonly kafkaServer: KafkaServer;
  /** The etl command meets the broker through it; the driver does not. */
  readonly brokerProxy: BrokerProxy;
  /** Undefined where this machine lets nobody make one. */
  readonly smallDisk: SmallDisk | undefined;
  readonly postgres: PostgresServer;
}

const root = join(import.meta.dirname, '../..');

/** Bundles the programs as their images have them, and starts a broker and a PostgreSQL with fsync. */
export async function openStand(): Promise<Stand> {
  await using opening = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'pulse-faults-'));
  opening.defer(() => rm(folder, { recursive: true, force: true }));
  const bundle = async (source: string, name: string): Promise<string> => {
    const file = join(folder, name);
    await execa(process.execPath, ['build/bundle.ts', join(source, 'src/main.ts'), file], { cwd: root });
    return file;
  };
  const [, migrateFile] = await Promise.all([
    bundle('etl', 'etl.cjs').then((file) => execa(process.execPath, ['build/snapshot.ts', file], { cwd: root })),
    bundle('migrations', 'migrate.mjs'),
  ]);
  const etl: Command = [join(folder, 'etl')];
  const migrate: Command = [process.execPath, migrateFile];
  await cp(join(root, 'migrations/sql'), join(folder, 'sql'), { recursive: true });
  const proxiedPort = await getPort({ host: '127.0.0.1' });
  const brokerProxy = opening.use(await openBrokerProxy(proxiedPort));
  const kafkaServer = opening.use(
    await startKafka({
      behindProxy: { port: proxiedPort, proxyPort: brokerProxy.network.port },
      properties: { 'offsets.topic.num.partitions': '1' },
    }),
  );
  // A crash of a server with fsync off could lose what it has acknowledged: that would be no fault of the pipeline's.
  const postgres = opening.use(await startPostgres({ settings: { max_connections: '100' } }));
  const smallDisk = await findSmallDisk(folder);
  const opened = opening.move();
  return {
    etl,
    migrate,
    folder,
    kafkaServer,
    brokerProxy,
    smallDisk,
    postgres,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** What one seed works on: a topic, a warehouse and a staging folder of its own. */
export interface Field extends AsyncDisposable {
  readonly topic: string;
  readonly kafka: Kafka;
  readonly proxy: WarehouseProxy;
  readonly ownerUrl: string;
  /** The variables of the etl command; it meets the warehouse through the proxy. */
  readonly env: Environment;
  /** How often the migrator was killed before it was done. */
  readonly migratorKills: number;
}

/** Migrates a new warehouse, killing the migrator half-way on the way, and makes the topic. */
export async function openField(stand: Stand, random: Random, batchMessages: number): Promise<Field> {
  await using opening = new AsyncDisposableStack();
  const name = `faults_${randomBytes(6).toString('hex')}`;
  const { postgres, kafkaServer, brokerProxy } = stand;
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
    stand,
    { WAREHOUSE_DATABASE_URL: ownerUrl, ...roles, WAREHOUSE_SEED: 'sample' },
    random,
  );
  await preparePoison(ownerUrl);
  const proxy = opening.use(await openWarehouseProxy(postgres.port));
  const kafka = quietKafka(kafkaServer.bootstrapServers);
  const topic = `sales-${name}`;
  await makeTopic(kafka, topic);
  const stagingDir = join(stand.folder, name);
  await mkdir(stagingDir);
  const login = new URL(ownerUrl);
  login.username = roles.WAREHOUSE_ETL_USER;
  login.password = roles.WAREHOUSE_ETL_PASSWORD;
  login.port = String(proxy.network.port);
  const env = {
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
  return { topic, kafka, proxy, ownerUrl, env, migratorKills, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

const migratorKillsWanted = 2;

async function migrateKilled({ migrate }: Stand, env: Environment, random: Random): Promise<number> {
  let kills = 0;
  for (let round = 0; round < migratorKillsWanted; round += 1) {
    const { signal } = await runProgram(migrate, ['up'], env, { killAfterMs: random.between(150, 700) });
    if (signal === 'SIGKILL') kills += 1;
  }
  for (const command of ['up', 'check']) {
    const { exitCode, stderr } = await runProgram(migrate, [command], env);
    if (exitCode !== 0)
      throw new Error(`after ${kills} kills the migrator's ${command} ends with ${exitCode}:\n${stderr}`);
  }
  return kills;
}

/** A client that waits for a broker as long as one takes to come back. */
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
  await patiently(kafka, async (admin) => {
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
