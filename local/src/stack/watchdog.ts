import { setTimeout as delay } from 'node:timers/promises';

import { kafkaAnswers } from '../kafka/server.ts';
import { root } from '../setup/paths.ts';
import type { Settings } from '../setup/settings.ts';
import { airflowVersionAnswers, componentFinding } from './health.ts';
import { Silence, type Finding } from './silence.ts';
import type { Program, Supervisor } from './supervisor.ts';

/** The time between two probes of a program. */
const everyMs = 5_000;

/** After a start, silence does not count for this many probes (three minutes) or until the first answer. */
const graceCount = 36;

interface Watched {
  readonly name: string;
  /** The program counts as hung after this many silences in a row. */
  readonly silencesMax: number;
  probe(): Promise<Finding>;
}

/**
 * The programs that are restarted when they hang. Their state is in Kafka and PostgreSQL, and tests kill them all the time.
 * PostgreSQL is not among them, because a slow answer is no reason to end every session; its clients report it.
 */
export function watchedPrograms(settings: Settings): readonly Watched[] {
  const { AIRFLOW_PORT: port, kafkaServers } = settings;
  return [
    // 45 s; for the scheduler 15 s more, after which Airflow calls its heartbeat old.
    { name: 'airflow-apiserver', silencesMax: 9, probe: () => findingOf(airflowVersionAnswers(port)) },
    { name: 'airflow-scheduler', silencesMax: 9, probe: () => componentFinding(port, 'scheduler') },
    { name: 'airflow-dag-processor', silencesMax: 9, probe: () => componentFinding(port, 'dag_processor') },
    // After a kill it reads its log again, which takes time.
    { name: 'kafka', silencesMax: 12, probe: () => findingOf(kafkaAnswers(kafkaServers)) },
  ];
}

/** Probes each program until the process ends, and restarts those that hang. */
export async function watch(
  watched: readonly Watched[],
  supervisor: Supervisor,
  print: (line: string) => void,
): Promise<never> {
  const watches = watched.map((program) => new Watch(program, supervisor, print));
  return Promise.race(watches.map((one) => one.watchForever()));
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

  async watchForever(): Promise<never> {
    for (;;) await Promise.all([delay(everyMs), this.#probeOnce()]);
  }

  async #probeOnce(): Promise<void> {
    try {
      const isHung = this.#silence.add(await this.#program.probe());
      if (this.#silence.isNew) this.#processId = await this.#runningProcess();
      if (isHung) await this.#restart();
    } catch (error) {
      // Supervisor may be shutting down.
      this.#print(`${this.#program.name} could not be watched: ${String(error)}`);
    }
  }

  /** Restarts only the process that fell silent: somebody may have stopped or restarted the program. */
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

/** The watchdog as a program of the stack: started last, stopped first. */
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
