import { setTimeout as delay } from 'node:timers/promises';

import { kafkaAnswers } from '../kafka/server.ts';
import { root } from '../setup/paths.ts';
import type { Settings } from '../setup/settings.ts';
import { airflowVersionAnswers, componentFinding } from './health.ts';
import { Silence, type Finding } from './silence.ts';
import type { Program, Supervisor } from './supervisor.ts';

/** How often programs are asked. */
const everyMs = 5_000;

/** A program that was just started has this long, or up to its first answer, before silence counts: three minutes. */
const graceCount = 36;

interface Watched {
  readonly name: string;
  /** How many silences in a row call it hung. */
  readonly silencesMax: number;
  probe(): Promise<Finding>;
}

/**
 * The programs that are restarted when they hang: what they know is in Kafka and in PostgreSQL, and they are killed in tests all
 * the time. PostgreSQL is not among them: it is only reported, by whoever can not reach it, for a slow answer is no reason to end
 * every session.
 */
export function watchedPrograms(settings: Settings): readonly Watched[] {
  const { AIRFLOW_PORT: port, kafkaServers } = settings;
  return [
    // Three quarters of a minute; for the scheduler the quarter comes on top after which Airflow calls its heartbeat old.
    { name: 'airflow-apiserver', silencesMax: 9, probe: () => findingOf(airflowVersionAnswers(port)) },
    { name: 'airflow-scheduler', silencesMax: 9, probe: () => componentFinding(port, 'scheduler') },
    { name: 'airflow-dag-processor', silencesMax: 9, probe: () => componentFinding(port, 'dag_processor') },
    // It takes its time to read its log again after a kill, so it is given more.
    { name: 'kafka', silencesMax: 12, probe: () => findingOf(kafkaAnswers(kafkaServers)) },
  ];
}

/** Asks each program for ever, and restarts one that has hung. */
export async function watch(
  watched: readonly Watched[],
  supervisor: Supervisor,
  print: (line: string) => void,
): Promise<never> {
  const watches = watched.map((program) => new Watch(program, supervisor, print));
  return Promise.race(watches.map((one) => one.lookForEver()));
}

class Watch {
  readonly #program: Watched;
  readonly #supervisor: Supervisor;
  readonly #print: (line: string) => void;
  readonly #silence: Silence;
  #processId: number | undefined;

  constructor(program: Watched, supervisor: Supervisor, print: (line: string) => void) {
    this.#program = program;
    this.#supervisor = supervisor;
    this.#print = print;
    this.#silence = new Silence(program.silencesMax);
  }

  async lookForEver(): Promise<never> {
    for (;;) await Promise.all([delay(everyMs), this.#look()]);
  }

  async #look(): Promise<void> {
    try {
      const isHung = this.#silence.add(await this.#program.probe());
      if (this.#silence.isNew) this.#processId = await this.#runningProcess();
      if (isHung) await this.#restart();
    } catch (error) {
      // Supervisor may be on its way out.
      this.#print(`${this.#program.name} could not be looked after: ${String(error)}`);
    }
  }

  /** Only what Supervisor still runs, in the process that fell silent: somebody may have stopped it, or started it again. */
  async #restart(): Promise<void> {
    const { name, silencesMax } = this.#program;
    const found = await this.#runningProcess();
    const isTheOne = found !== undefined && found === this.#processId;
    if (isTheOne) {
      this.#print(`${name} has not answered for ${(silencesMax * everyMs) / 1000} s: it is restarted`);
      await this.#supervisor.restart(name);
      this.#print(`${name} is restarted`);
    }
    this.#silence.restart(isTheOne ? graceCount : 0);
  }

  async #runningProcess(): Promise<number | undefined> {
    return (await this.#supervisor.processIds()).get(this.#program.name);
  }
}

async function findingOf(probe: Promise<unknown>): Promise<Finding> {
  return probe.then(
    () => 'answers',
    () => 'silent',
  );
}

/** The watchdog as a program of the stack. It is started last and stopped first. */
export function watchdogProgram(settings: Settings): Program {
  return {
    name: 'watchdog',
    command: [process.execPath, '--disable-warning=TimeoutNegativeWarning', 'local/src/main.ts', 'watchdog'],
    environment: settings.environment,
    folder: root,
    stopSignal: 'TERM',
    stopSeconds: 5,
  };
}
