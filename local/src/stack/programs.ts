import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { markDevelopmentData } from '../kafka/environment-mark.ts';
import { kafkaJava, steadyJvm } from '../kafka/java.ts';
import { prepareBroker } from '../kafka/properties.ts';
import { initialiseCluster } from '../postgres/initialise.ts';
import { serverCommand } from '../postgres/server.ts';
import { ensureFolder } from '../process/private-folder.ts';
import { root } from '../setup/paths.ts';
import type { Settings } from '../setup/settings.ts';
import type { Program } from './supervisor.ts';

/** One PostgreSQL for the warehouse and Airflow's database. The warehouse's owner is its superuser, as in containers. */
export async function postgresProgram(settings: Settings): Promise<Program> {
  const { folders, WAREHOUSE_DB_USER: user, WAREHOUSE_DB_PASSWORD: password } = settings;
  const cluster = await initialiseCluster(folders.postgres, { user, password });
  const server = serverCommand(cluster, settings.WAREHOUSE_DB_PORT, { shared_buffers: '256MB', max_wal_size: '2GB' });
  return {
    name: 'postgres',
    command: [server.command, ...server.args],
    environment: {},
    folder: '/',
    user: cluster.account?.name,
    stopSignal: 'INT',
    stopSeconds: 30,
  };
}

/** One broker. Its data stay in the stack's folder. */
export async function kafkaProgram(settings: Settings): Promise<Program> {
  const folder = settings.folders.kafka;
  await ensureFolder(folder);
  await markDevelopmentData(folder);
  const retentionHours = Math.ceil(settings.KAFKA_TOPIC_RETENTION_DAYS * 24);
  const { propertiesFile } = await prepareBroker({
    port: settings.KAFKA_PORT,
    folder,
    // The rack names the environment of the data, as in containers.
    properties: { 'log.retention.hours': String(retentionHours), 'broker.rack': 'development' },
  });
  return {
    name: 'kafka',
    command: ['java', ...kafkaJava('kafka.Kafka', [propertiesFile], steadyJvm)],
    environment: {},
    folder,
    stopSignal: 'TERM',
    stopSeconds: 30,
  };
}

/** The producer's bundle. A new build changes PULSE_BUILD, which makes Supervisor restart it. */
export async function producerProgram(settings: Settings): Promise<Program> {
  const bundle = join(root, 'producer', 'dist', 'producer.mjs');
  const build = createHash('sha256')
    .update(await readFile(bundle))
    .digest('hex');
  return {
    name: 'producer',
    command: [process.execPath, bundle],
    environment: { ...settings.environment, PULSE_BUILD: build.slice(0, 12) },
    folder: root,
    stopSignal: 'TERM',
    stopSeconds: 20,
  };
}
