import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

import { root } from '../setup/paths.ts';
import { ensureFolder } from '../process/private-folder.ts';
import { pythonProgram } from '../setup/python.ts';
import type { Environment, Settings } from '../setup/settings.ts';
import type { Program } from './supervisor.ts';

/** The database of Airflow's own state, in the stack's PostgreSQL. */
export const airflowDatabase = 'airflow';

/** Airflow's settings: dags/airflow.env, which every runtime uses, and those of this stack. */
export async function airflowEnvironment(settings: Settings): Promise<Environment> {
  const { folders } = settings;
  await ensureFolder(folders.airflow);
  const shared = parseEnv(await readFile(join(root, 'dags', 'airflow.env'), 'utf8'));
  const user = encodeURIComponent(settings.WAREHOUSE_DB_USER);
  const password = encodeURIComponent(settings.WAREHOUSE_DB_PASSWORD);
  const address = `127.0.0.1:${settings.WAREHOUSE_DB_PORT}/${airflowDatabase}`;
  const api = `http://127.0.0.1:${settings.AIRFLOW_PORT}`;
  return {
    ...settings.environment,
    ...pickStrings(shared),
    ...(await secrets(folders.airflow)),
    AIRFLOW_HOME: folders.airflow,
    AIRFLOW__CORE__DAGS_FOLDER: join(root, 'dags'),
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN: `postgresql+psycopg2://${user}:${password}@${address}`,
    AIRFLOW_CLEANUP_DATABASE_URL: `postgresql+psycopg2://${user}:${password}@${address}`,
    AIRFLOW__CORE__EXECUTION_API_SERVER_URL: `${api}/execution/`,
    AIRFLOW__API__BASE_URL: `http://localhost:${settings.AIRFLOW_PORT}`,
    AIRFLOW__API__PORT: String(settings.AIRFLOW_PORT),
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS: `${settings.AIRFLOW_ADMIN_USER}:admin`,
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE: await passwordFile(settings),
    PYTHONPATH: join(root, 'dags'),
  };
}

/** Airflow's processes in start order. */
export function airflowPrograms(environment: Environment): readonly Program[] {
  const commands = {
    'airflow-apiserver': ['api-server', '--host', '127.0.0.1', '--workers', '1'],
    'airflow-dag-processor': ['dag-processor'],
    // The API server reads the tasks' logs from the same disk, so the scheduler need not serve them.
    'airflow-scheduler': ['scheduler', '--skip-serve-logs'],
  };
  return Object.entries(commands).map(([name, args]) => ({
    name,
    command: [pythonProgram('venv', 'airflow'), ...args],
    environment,
    folder: root,
    stopSignal: 'TERM',
    stopSeconds: 20,
  }));
}

/** The format of SimpleAuthManager: one JSON object of names and passwords. */
async function passwordFile(settings: Settings): Promise<string> {
  const file = join(settings.folders.airflow, 'passwords.json');
  const passwords = { [settings.AIRFLOW_ADMIN_USER]: settings.AIRFLOW_ADMIN_PASSWORD };
  await writeFile(file, JSON.stringify(passwords), { mode: 0o600 });
  return file;
}

/** Keys that Airflow's processes have in common, made once for each stack. */
async function secrets(folder: string): Promise<Environment> {
  const file = join(folder, 'secrets.env');
  const present = await readFile(file, 'utf8').catch(() => undefined);
  if (present !== undefined) return pickStrings(parseEnv(present));
  const made = {
    AIRFLOW__CORE__FERNET_KEY: `${randomBytes(32).toString('base64url')}=`,
    AIRFLOW__API__SECRET_KEY: randomBytes(32).toString('hex'),
    AIRFLOW__API_AUTH__JWT_SECRET: randomBytes(64).toString('hex'),
  };
  const lines = Object.entries(made).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(file, lines.join(''), { mode: 0o600 });
  return made;
}

function pickStrings(from: NodeJS.Dict<string>): Environment {
  return Object.fromEntries(
    Object.entries(from).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
