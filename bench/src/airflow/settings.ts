import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

import { kafkaOfThisMachine, readConfig } from '@pulse/runtime';
import { execa } from 'execa';
import * as z from 'zod';

const port = z.coerce.number().int().min(1).max(65_535);
const schema = z.object({
  AIRFLOW_PORT: port.default(8080),
  AIRFLOW_ADMIN_USER: z.string().default('admin'),
  AIRFLOW_ADMIN_PASSWORD: z.string().default('admin'),
  KAFKA_PORT: port.default(9092),
  KAFKA_TOPIC_TRANSACTIONS: z.string().default('transactions'),
});

/** The running development stack. */
export interface AirflowSettings {
  readonly runtime: 'local' | 'compose';
  readonly airflowUrl: string;
  readonly user: string;
  readonly password: string;
  readonly kafkaBootstrapServers: string;
  readonly topic: string;
}

/** Reads `.env` of the checkout; the given environment overrides it, as in `make dev-up`. */
export async function readAirflowSettings(
  root: string,
  given: Readonly<Record<string, string | undefined>>,
): Promise<AirflowSettings> {
  const file = parseEnv(await readFile(join(root, '.env'), 'utf8').catch(() => ''));
  const env = readConfig(schema, { ...file, ...given });
  const { stdout } = await execa(join(root, 'local/runtime.sh'), { timeout: 15_000 });
  return {
    runtime: z.enum(['local', 'compose']).parse(stdout.trim()),
    airflowUrl: `http://127.0.0.1:${env.AIRFLOW_PORT}`,
    user: env.AIRFLOW_ADMIN_USER,
    password: env.AIRFLOW_ADMIN_PASSWORD,
    kafkaBootstrapServers: kafkaOfThisMachine(env.KAFKA_PORT),
    topic: env.KAFKA_TOPIC_TRANSACTIONS,
  };
}
