/**
 * A local stack of its own for as long as the caller holds the channel to this process: started by the code of
 * `make dev-up`, on free ports, in a throw-away folder. Once all of it is healthy, its addresses are sent as the one
 * message. When the channel closes, which even the death of the caller brings, everything is stopped and removed.
 */
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { env, stderr } from 'node:process';
import { parseEnv } from 'node:util';

import getPort from 'get-port';

import { root, type StackFolders } from '../../local/src/setup/paths.ts';
import { Progress } from '../../local/src/setup/progress.ts';
import { readSettings, type Settings } from '../../local/src/setup/settings.ts';
import { devDown, devUp } from '../../local/src/stack/dev-up.ts';
import type { StackAddresses } from './stack-addresses.ts';

const scheduleSeconds = 10;

const folder = await mkdtemp(join(await realpath(tmpdir()), 'pulse-end-to-end-'));
// Where root runs this, PostgreSQL runs as a user of its own who has to get in.
await chmod(folder, 0o755);
const settings = await settingsIn(folder);
const progress = new Progress((line) => stderr.write(`${line}\n`));
const ended = endOfChannel();
try {
  await devUp(settings, progress, ended);
  process.send?.(addressesOf(settings));
  if (!ended.aborted) await once(ended, 'abort');
} finally {
  await progress.step('Stopping and removing the stack under test', async () => {
    await devDown(settings);
    await removeFolders(settings.folders);
  });
}

/** The settings of .env.example, whatever stands in .env, with what makes this stack another one. */
async function settingsIn(stackFolder: string): Promise<Settings> {
  const example = parseEnv(await readFile(join(root, '.env.example'), 'utf8'));
  const [airflow, warehouse, kafka] = await Promise.all([getPort(), getPort(), getPort()]);
  return await readSettings({
    ...env,
    ...example,
    LOCAL_DIR: stackFolder,
    AIRFLOW_PORT: String(airflow),
    WAREHOUSE_DB_PORT: String(warehouse),
    KAFKA_PORT: String(kafka),
    GRAFANA: 'off',
    ETL_SCHEDULE_SECONDS: String(scheduleSeconds),
  });
}

function addressesOf(stack: Settings): StackAddresses {
  const { WAREHOUSE_DB_USER: user, WAREHOUSE_DB_PASSWORD: password } = stack;
  return {
    airflowUrl: `http://127.0.0.1:${stack.AIRFLOW_PORT}`,
    airflowUser: stack.AIRFLOW_ADMIN_USER,
    airflowPassword: stack.AIRFLOW_ADMIN_PASSWORD,
    kafkaBootstrapServers: stack.kafkaServers,
    transactionsTopic: stack.KAFKA_TOPIC_TRANSACTIONS,
    warehouseUrl: `postgresql://${user}:${password}@127.0.0.1:${stack.WAREHOUSE_DB_PORT}/${stack.WAREHOUSE_DB_NAME}`,
    scheduleSeconds,
    localDir: stack.folders.stack,
  };
}

/** Fires once the caller has let go of the channel. */
function endOfChannel(): AbortSignal {
  const controller = new AbortController();
  process.once('disconnect', () => controller.abort(new Error('the tests have ended')));
  return controller.signal;
}

async function removeFolders({ stack, postgres, socket }: StackFolders): Promise<void> {
  const outside = postgres.startsWith(stack) ? [] : [dirname(postgres)];
  for (const path of [stack, socket, ...outside]) await rm(path, { recursive: true, force: true });
}
