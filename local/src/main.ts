import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Command } from '@commander-js/extra-typings';
import { ConfigError, exitCode, shutdownSignal } from '@pulse/runtime';
import { execa } from 'execa';

import { clean } from './setup/clean.ts';
import { confirm } from './setup/ask.ts';
import { folderFailure } from './setup/folder-failure.ts';
import { install, build } from './setup/install.ts';
import { root } from './setup/paths.ts';
import { buildPreview } from './setup/preview.ts';
import { Progress, StepError } from './setup/progress.ts';
import { installPython, pythonProgram } from './setup/python.ts';
import { readSettings, type Settings } from './setup/settings.ts';
import { backup, reset, restore } from './stack/backup.ts';
import { devDown, devUp } from './stack/dev-up.ts';
import { dashboardsOf } from './stack/grafana.ts';
import { airflowAnswers, waitUntilHealthy } from './stack/health.ts';
import { openShell, runInside } from './stack/run-inside.ts';
import { Supervisor } from './stack/supervisor.ts';
import { addressTable } from './stack/table.ts';
import { watch, watchedPrograms } from './stack/watchdog.ts';
import { openWarehouseShell } from './stack/warehouse-shell.ts';
import { runTests } from './test-all.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const printWithTime = (line: string): void => print(`${new Date().toISOString()} ${line}`);
const progress = new Progress(print);
// oxlint-disable-next-line node/no-process-env -- only this file of the program reads it
const environment = process.env;
const alwaysYes = environment['YES'] === '1';
const settings = (): Promise<Settings> => readSettings(environment);

const program = new Command('local').description('Runs the stack without containers. Use it through `make`.');

program.command('setup').action(async () => {
  await settings();
  await install(progress);
});
program.command('dev-up').action(async () => {
  const current = await settings();
  const dashboards = await dashboardsOf(current);
  await devUp(current, progress, shutdownSignal());
  print(addressTable(current, dashboards));
});
program.command('dev-down').action(async () => {
  const current = await settings();
  await progress.step('Stopping everything', () => devDown(current));
});
// Supervisor restarts this after a failure, such as a missing network; the delay keeps it from doing so at once.
program.command('preview-build').action(async () => {
  await progress.step('Preview of the dashboards', buildPreview).catch(async (error: unknown) => {
    await delay(60_000);
    throw error;
  });
});
program.command('watchdog').action(async () => {
  const current = await settings();
  await watch(watchedPrograms(current), new Supervisor(current.folders), printWithTime);
});
program.command('dev-build').action(() => progress.step('Bundles', build));
program.command('dev-restart').action(async () => {
  const names = ['producer', 'airflow-apiserver', 'airflow-scheduler', 'airflow-dag-processor'];
  const current = await settings();
  const supervisor = new Supervisor(current.folders);
  await progress.step(`Restarting ${names.join(', ')}`, async () => {
    await supervisor.restart(...names);
    await waitUntilHealthy(current, supervisor, 'airflow-apiserver', () => airflowAnswers(current.AIRFLOW_PORT));
  });
});
program.command('dev-logs').action(async () => follow(join((await settings()).folders.logs, '*.log')));
program.command('grafana-logs').action(async () => follow(join((await settings()).folders.logs, 'grafana.log')));
program.command('db-migrate').action(async () => runIn('migrate', ['up']));
program.command('db-reset').action(async () => {
  if (!(await confirm('Drop every table of the warehouse with all its rows?', alwaysYes)))
    return print('Nothing was changed.');
  process.exitCode = await reset(await settings(), progress);
});
program.command('mark').action(async () => {
  if (environment['AS'] !== 'development') {
    throw new ConfigError('A stack without containers is always for development: make mark AS=development');
  }
  await runIn('migrate', ['mark', environment['AS']]);
});
program.command('backup').action(async () => {
  process.exitCode = await backup(await settings(), environment['FILE']);
});
program.command('restore').action(async () => {
  process.exitCode = await restore(await settings(), progress, { file: environment['FILE'], alwaysYes });
});
program.command('db-shell').action(async () => {
  const { WAREHOUSE_DB_USER: user, WAREHOUSE_DB_PASSWORD: password, ...rest } = await settings();
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  const url = `postgres://${login}@127.0.0.1:${rest.WAREHOUSE_DB_PORT}/${encodeURIComponent(rest.WAREHOUSE_DB_NAME)}`;
  process.exitCode = await openWarehouseShell(url);
});
for (const [name, hint] of [
  ['etl', 'etl status, etl run, etl --help'],
  ['producer', 'producer --help'],
  ['kafka', 'kafka-topics --list, kafka-console-consumer --topic transactions, kafka-consumer-groups'],
] as const) {
  program.command(`shell-${name}`).action(async () => {
    process.exitCode = await openShell(await settings(), `A shell with the stack's commands. Try: ${hint}`);
  });
}
program.command('kafka-topics').action(async () => runIn('kafka-topics', ['--describe']));
program.command('kafka-consume').action(async () => {
  const { KAFKA_TOPIC_TRANSACTIONS: topic } = await settings();
  const limit = environment['N'] === undefined ? [] : ['--max-messages', environment['N']];
  await runIn('kafka-console-consumer', ['--topic', environment['TOPIC'] ?? topic, '--from-beginning', ...limit]);
});
program
  .command('test')
  .argument('[suites...]')
  .action(async (suites) => {
    process.exitCode = await runTests(suites, progress);
  });
program
  .command('ruff')
  .argument('[arguments...]')
  .allowUnknownOption()
  .action(async (given) => {
    await installPython('venv-dev');
    const result = await execa(pythonProgram('venv-dev', 'ruff'), given, {
      cwd: root,
      stdio: 'inherit',
      reject: false,
    });
    process.exitCode = result.exitCode ?? 1;
  });
program.command('clean').action(async () => {
  const current = await settings();
  const question = `Remove all data and everything that was installed (${current.folders.stack}, node_modules)?`;
  if (!(await confirm(question, alwaysYes))) return print('Nothing was changed.');
  await progress.step('Stopping everything', () => devDown(current));
  await progress.step('Removing data and installed things', () => clean(current));
});

async function runIn(command: string, args: readonly string[]): Promise<void> {
  const current = await settings();
  process.exitCode = await runInside(current, join(current.folders.bin, command), args);
}

async function follow(files: string): Promise<void> {
  const command = `ls ${files} >/dev/null 2>&1 || { echo 'There are no logs: is the stack running?' >&2; exit 1; }; exec tail -n 20 -F ${files}`;
  process.exitCode = (await execa('sh', ['-c', command], { stdio: 'inherit', reject: false })).exitCode ?? 1;
}

try {
  await program.parseAsync();
} catch (error) {
  const failure = folderFailure(error);
  if (failure !== undefined) {
    process.stderr.write(`\n${failure.message}\n`);
    process.exitCode = failure.exitCode;
  } else if (error instanceof ConfigError) {
    process.stderr.write(
      `${error.message}\nThe value comes from .env or the environment; .env.example explains each variable.\n`,
    );
    process.exitCode = exitCode.usage;
  } else if (error instanceof StepError) {
    process.stderr.write(
      `\n${error.message}\n\nTo see more: make dev-logs, or the whole file. To check this machine: make doctor.\n`,
    );
    process.exitCode = 1;
  } else {
    throw error;
  }
}
