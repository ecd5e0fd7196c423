import { copyFile, readFile } from 'node:fs/promises';
import { constants } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

import { kafkaOfThisMachine, readConfig } from '@pulse/runtime';
import * as z from 'zod';

import { root, stackFolders, type StackFolders } from './paths.ts';
import { shellWord } from './shell-word.ts';

const port = z.coerce.number().int().min(1).max(65_535);

const schema = z.object({
  LOCAL_DIR: z.string().default('.local'),
  GRAFANA: z.enum(['on', 'off']).default('on'),
  AIRFLOW_PORT: port.default(8080),
  GRAFANA_PORT: port.default(3000),
  WAREHOUSE_DB_PORT: port.default(5433),
  KAFKA_PORT: port.default(9092),
  WAREHOUSE_DB_NAME: z.string().default('warehouse'),
  WAREHOUSE_DB_USER: z.string().default('warehouse'),
  WAREHOUSE_DB_PASSWORD: z.string().default('warehouse'),
  KAFKA_TOPIC_TRANSACTIONS: z.string().default('transactions'),
  KAFKA_TOPIC_RETENTION_DAYS: z.coerce.number().positive().default(7),
  AIRFLOW_ADMIN_USER: z.string().default('admin'),
  AIRFLOW_ADMIN_PASSWORD: z.string().default('admin'),
  GRAFANA_ADMIN_USER: z.string().default('admin'),
  GRAFANA_ADMIN_PASSWORD: z.string().default('admin'),
  GRAFANA_SECRET_KEY: z.string().default(''),
});

/** The variables that this program reads; the stack's programs read others. */
export const variableNames: readonly string[] = Object.keys(schema.shape);

export type Environment = Readonly<Record<string, string>>;

/** One local stack: its settings, its folders and the environment of its programs. */
export interface Settings extends Readonly<z.output<typeof schema>> {
  readonly folders: StackFolders;
  readonly kafkaServers: string;
  /** Every variable of .env.example that is set, with the addresses of this stack. */
  readonly environment: Environment;
}

/**
 * Reads `.env`, first made from `.env.example` if missing; variables of the given environment win over the file.
 * @param folder - Where both files are.
 * @throws ConfigError naming each variable that is wrong.
 */
export async function readSettings(
  given: Readonly<Record<string, string | undefined>>,
  folder: string = root,
): Promise<Settings> {
  await copyFile(join(folder, '.env.example'), join(folder, '.env'), constants.COPYFILE_EXCL).catch(unlessPresent);
  const known = parseEnv(await readFile(join(folder, '.env.example'), 'utf8'));
  const file = parseEnv(await readFile(join(folder, '.env'), 'utf8'));
  const merged = { ...file, ...pick(given, new Set([...Object.keys(known), ...Object.keys(file), 'LOCAL_DIR'])) };
  const config = readConfig(schema, merged);
  const folders = await stackFolders(config.LOCAL_DIR);
  const kafkaServers = kafkaOfThisMachine(config.KAFKA_PORT);
  const environment = {
    ...pick(merged, new Set(Object.keys(merged))),
    WAREHOUSE_DATABASE_URL: '',
    WAREHOUSE_DB_HOST: '127.0.0.1',
    WAREHOUSE_DB_PORT: String(config.WAREHOUSE_DB_PORT),
    KAFKA_BOOTSTRAP_SERVERS: kafkaServers,
    ETL_RUNNER: 'process',
    ETL_STAGING_DIR: folders.staging,
    ETL_COMMAND: shellWord(join(root, 'etl', 'dist', 'etl')),
    WAREHOUSE_SEED: merged['WAREHOUSE_SEED'] || 'sample',
    PRODUCER_HISTORY_HOURS: merged['PRODUCER_HISTORY_HOURS'] || '24',
    STACK_ENVIRONMENT: 'development',
  };
  return { ...config, folders, kafkaServers, environment };
}

function pick(from: Readonly<Record<string, string | undefined>>, names: ReadonlySet<string>): Record<string, string> {
  const entries = Object.entries(from).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries.filter(([name]) => names.has(name)));
}

function unlessPresent(error: unknown): void {
  if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
  throw error;
}
