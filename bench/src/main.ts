/** `make bench`: measures the pipeline and a plain COPY, or whole runs through Airflow. bench/README.md explains it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import process, { stderr, stdout } from 'node:process';

import { Command } from '@commander-js/extra-typings';
import { ConfigError, exitCode, shutdownSignal, silenceNegativeTimeouts } from '@pulse/runtime';

import { measureAirflow } from './airflow/measure-airflow.ts';
import { readAirflowSettings } from './airflow/settings.ts';
import { checkAirflowTarget } from './airflow/airflow-target.ts';
import { measureCodecs, showCodecs } from './codecs/measure-codecs.ts';
import { describeMachine, showMachine } from './machine.ts';
import { checkMoney } from './check-money.ts';
import { measurePipeline } from './measure-pipeline.ts';
import { parts } from './measure-size.ts';
import { measureDashboards } from './dashboards/measure-dashboards.ts';
import { checkDashboardTargets, showDashboards } from './dashboards/show-dashboards.ts';
import {
  defaultRounds,
  parseParts,
  parseCustomers,
  parseDays,
  parseFacts,
  parseRounds,
  parseSeed,
  parseRatio,
  parseSizes,
} from './options.ts';
import { noCpuMeter } from './measure/server-cpu.ts';
import { showSize, showTargets } from './report/show-table.ts';
import { checkTargets } from './report/targets.ts';
import { givenServices, startOwnServices, startOwnWarehouse, type Services } from './services/services.ts';

const root = join(import.meta.dirname, '../..');
const print = (text: string): void => void stdout.write(`${text}\n`);
const startedMs = performance.now();
const onProgress = (line: string): void =>
  void stderr.write(`${((performance.now() - startedMs) / 1000).toFixed(1).padStart(7)} s  ${line}\n`);

const command = new Command('bench')
  .description('Measures the pipeline and a plain COPY of the same finished rows, on this machine, in one run.')
  .option('--messages <list>', 'sizes of a batch, separated by commas', parseSizes, [1_000, 100_000, 1_000_000])
  .option('--rounds <number>', 'rounds for each size (5; 3 from 1,000,000 messages on)', parseRounds)
  .option('--only <list>', `some of ${parts.join(', ')}, separated by commas`, parseParts, new Set(parts))
  .option(
    '--against <command...>',
    "etl commands of other checkouts (etl/dist/etl), compared with this one's in alternation",
    [],
  )
  .option('--seed <number>', "the traffic's seed", parseSeed, 1)
  .option('--duplicate-share <share>', 'ratio of messages sent twice', parseRatio, 0.001)
  .option('--malformed-share <share>', 'ratio of invalid messages', parseRatio, 0.001)
  .option('--customers <number>', 'different customers in the traffic (a twentieth of the messages)', parseCustomers)
  .option('--time-span <span>', 'event times are of the last 90s, 30m, 12h, 7d', '12h')
  .option('--airflow', 'measure whole runs over 1,000 messages through the running development stack instead')
  .option('--codecs', 'time extract over the largest of --messages, compressed by each codec, instead')
  .option('--dashboards', 'time every query of the dashboards on a warehouse of --facts transactions instead')
  .option(
    '--money',
    'compare tax and conversion with an arbitrary-precision reference on --cases random cases each instead',
  )
  .option('--cases <number>', 'cases of each property for --money', parseFacts, 1_000_000)
  .option('--facts <number>', 'transactions for --dashboards', parseFacts, 10_000_000)
  .option('--days <number>', 'days that they are spread over', parseDays, 30)
  .option('--json <file>', 'the file for the figures', join(root, '.local/bench/latest.json'))
  .addHelpText(
    'after',
    '\nKafka and PostgreSQL are started for the run, or taken from TEST_KAFKA_BOOTSTRAP_SERVERS and TEST_WAREHOUSE_URL\n' +
      "(a superuser's). The exit code tells whether the measurement succeeded and the results were right, not how fast it was.",
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? exitCode.ok : exitCode.usage))
  .parse();

/** The services of the environment if both are set; else new ones. */
async function startServices(): Promise<Services> {
  const { TEST_KAFKA_BOOTSTRAP_SERVERS: kafka = '', TEST_WAREHOUSE_URL: warehouse = '' } = process.env;
  if (kafka !== '' && warehouse !== '') return givenServices(kafka, warehouse);
  if (kafka === '' && warehouse === '') return startOwnServices();
  throw new ConfigError('TEST_KAFKA_BOOTSTRAP_SERVERS and TEST_WAREHOUSE_URL belong together: set both or none');
}

async function bench(signal: AbortSignal): Promise<object> {
  const { messages: sizes, rounds, only, against, ...options } = command.opts();
  const { seed, duplicateShare, malformedShare, customers, timeSpan } = options;
  const traffic = { seed, duplicateShare, malformedShare, customers, timeSpan };
  const reports = await measurePipeline({
    sizes,
    roundsOf: (messages) => rounds ?? defaultRounds(messages),
    only,
    baselines: against.map((file) => resolve(file)),
    traffic,
    startServices,
    signal,
    onProgress,
    onSize: (report) => print(`\n${showSize(report)}\n`),
  });
  const targets = checkTargets(reports);
  print(showTargets(targets));
  return { traffic, sizes: reports, targets };
}

async function benchAirflow(signal: AbortSignal): Promise<object> {
  const settings = await readAirflowSettings(root, process.env);
  const report = await measureAirflow({ settings, rounds: command.opts().rounds ?? 5, signal, onProgress });
  const targets = [checkAirflowTarget(report)];
  print(showTargets(targets));
  return { airflow: report, targets };
}

async function benchCodecs(signal: AbortSignal): Promise<object> {
  const { messages: sizes, rounds, seed, duplicateShare, malformedShare, customers, timeSpan } = command.opts();
  const messages = Math.max(...sizes);
  const traffic = {
    messages,
    seed,
    duplicateShare,
    malformedShare,
    timeSpan,
    customers: customers ?? Math.ceil(messages / 20),
  };
  const options = { traffic, rounds: rounds ?? defaultRounds(messages), startServices, signal, onProgress };
  const reports = await measureCodecs(options);
  print(`\n${showCodecs(reports)}\n`);
  return { traffic, codecs: reports };
}

async function benchDashboards(signal: AbortSignal): Promise<object> {
  const { facts, days } = command.opts();
  const { TEST_WAREHOUSE_URL: given = '' } = process.env;
  await using own = given === '' ? await startOwnWarehouse() : undefined;
  const size = { facts, days };
  const reports = await measureDashboards({
    size,
    serverUrl: own?.url ?? given,
    serverCpu: own?.cpu ?? noCpuMeter,
    signal,
    onProgress,
  });
  const targets = checkDashboardTargets(reports);
  print(`\n${showDashboards(reports)}\n`);
  print(showTargets(targets));
  return { dashboards: { size, queries: reports }, targets };
}

function work(signal: AbortSignal): Promise<object> {
  const { airflow = false, codecs = false, dashboards = false, money = false, cases } = command.opts();
  if (money) return checkMoney(root, cases, signal);
  if (codecs) return benchCodecs(signal);
  if (airflow) return benchAirflow(signal);
  return dashboards ? benchDashboards(signal) : bench(signal);
}

const signal = shutdownSignal();
silenceNegativeTimeouts();
try {
  const { json: file } = command.opts();
  const machine = describeMachine();
  print(showMachine(machine));
  const measuredAt = new Date().toISOString();
  const figures = await work(signal);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ measuredAt, machine, ...figures }, null, 2)}\n`);
  onProgress(`figures are in ${file}`);
} catch (error) {
  if (signal.aborted) {
    onProgress('stopped; nothing is left running');
    process.exitCode = 130;
  } else if (error instanceof ConfigError) {
    onProgress(error.message);
    process.exitCode = exitCode.usage;
  } else {
    throw error;
  }
}
