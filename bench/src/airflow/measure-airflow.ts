import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { execa } from 'execa';

import { spreadOf, type Spread } from '../measure/spread.ts';
import { bundlePrograms } from '../services/programs.ts';
import { logIn, type AirflowApi, type DagRun } from './rest-api.ts';
import type { AirflowSettings } from './settings.ts';

export interface AirflowOptions {
  readonly settings: AirflowSettings;
  readonly rounds: number;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

export interface AirflowReport {
  readonly runtime: AirflowSettings['runtime'];
  readonly messages: number;
  readonly rounds: number;
  /** From the start of a DAG run to its end, as Airflow records them. */
  readonly runMs: Spread;
}

const messages = 1_000;
const dagId = 'etl_pipeline';
/** A scheduled run may load a round's messages first. Such a round is repeated; this limits the attempts. */
const triesPerRound = 3;

/** Publishes 1,000 valid messages to the running stack and has a DAG run load them, several times. */
export async function measureAirflow({ settings, rounds, signal, onProgress }: AirflowOptions): Promise<AirflowReport> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'pulse-bench-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const { producer } = await bundlePrograms(join(folder, 'programs'));
  const api = await logIn(settings, dagId, signal);
  const durationsMs: number[] = [];
  for (let tries = rounds * triesPerRound; durationsMs.length < rounds && tries > 0; tries -= 1) {
    await publish(producer, settings, signal);
    const runId = await api.trigger();
    const durationMs = await finishedDurationMs(api, runId, signal);
    const read = await api.messagesRead(runId);
    onProgress(`${runId}: ${read} messages in ${(durationMs / 1000).toFixed(2)} s`);
    if (read >= messages) durationsMs.push(durationMs);
  }
  if (durationsMs.length < rounds)
    throw new Error('scheduled runs loaded the messages first in too many rounds: pause the schedule or try again');
  return { runtime: settings.runtime, messages, rounds, runMs: spreadOf(durationsMs) };
}

async function publish(producer: string, settings: AirflowSettings, signal: AbortSignal): Promise<void> {
  const ratios = ['--duplicate-share', '0', '--malformed-share', '0'];
  await execa(process.execPath, [producer, '--count', String(messages), ...ratios], {
    env: {
      KAFKA_BOOTSTRAP_SERVERS: settings.kafkaBootstrapServers,
      KAFKA_TOPIC_TRANSACTIONS: settings.topic,
    },
    extendEnv: false,
    cancelSignal: signal,
    timeout: 60_000,
  });
}

const runTimeoutMs = 120_000;
const pollMs = 500;

/** Waits for a run's end. @throws Error when it fails or does not end in time. */
async function finishedDurationMs(api: AirflowApi, runId: string, signal: AbortSignal): Promise<number> {
  const deadline = performance.now() + runTimeoutMs;
  while (performance.now() < deadline) {
    const run = await api.run(runId);
    if (run.state === 'success') return durationOf(run);
    if (run.state === 'failed') throw new Error(`run ${runId} has failed: see it in Airflow`);
    await delay(pollMs, undefined, { signal });
  }
  throw new Error(`run ${runId} has not ended after ${runTimeoutMs / 1000} s`);
}

/** The time between the dates that Airflow recorded, in milliseconds. */
export function durationOf({ dag_run_id: id, start_date: start, end_date: end }: DagRun): number {
  if (start === null || end === null) throw new Error(`run ${id} has ended without a start or an end`);
  return Date.parse(end) - Date.parse(start);
}
