import { runProgram, type Command, type Ended, type Variables } from './run-program.ts';
import type { Random } from './random.ts';
import type { Environment } from './environment.ts';
import type { Services } from './services.ts';
import { Traffic } from './traffic.ts';

/** The injected faults that are counted. */
export type Counted =
  | 'kills'
  | 'lostAcknowledgements'
  | 'databaseCrashes'
  | 'brokerCrashes'
  | 'brokerPauses'
  | 'warehouseResets'
  | 'warehouseFreezes'
  | 'copyFreezes'
  | 'brokerResets'
  | 'brokerFreezes'
  | 'cutFetches'
  | 'slowLinks'
  | 'fullDisks';

export const okay = 0;
export const temporary = 75;

/** What injectors work with in one seed, and what it counted. */
export class Driver implements AsyncDisposable {
  readonly services: Services;
  readonly environment: Environment;
  readonly random: Random;
  readonly traffic: Traffic;
  readonly counts: Record<Counted, number> = {
    kills: 0,
    lostAcknowledgements: 0,
    databaseCrashes: 0,
    brokerCrashes: 0,
    brokerPauses: 0,
    warehouseResets: 0,
    warehouseFreezes: 0,
    copyFreezes: 0,
    brokerResets: 0,
    brokerFreezes: 0,
    cutFetches: 0,
    slowLinks: 0,
    fullDisks: 0,
  };
  readonly failures: string[] = [];
  /** The time of the slowest run that was not killed. */
  slowestRunMs = 0;
  readonly #roundMessages: number;
  #batches = 0;

  constructor(services: Services, environment: Environment, random: Random, roundMessages: number) {
    this.services = services;
    this.environment = environment;
    this.random = random;
    this.#roundMessages = roundMessages;
    this.traffic = new Traffic(environment.kafka, environment.topic, random);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.traffic[Symbol.asyncDispose]();
  }

  /** Publishes some messages, at least `atLeast`. */
  async produce(atLeast = 5): Promise<void> {
    const count = Math.max(atLeast, this.random.between(5, this.#roundMessages));
    for (let left = count; left > 0; left -= 1000) await this.traffic.send(Math.min(left, 1000));
  }

  newBatch(): string {
    this.#batches += 1;
    return `faults-${this.#batches}`;
  }

  /** Runs all four steps of a new batch. */
  async runBatch(more: Variables = {}): Promise<Ended> {
    return this.etl(['run', '--batch', this.newBatch()], more);
  }

  async etl(args: readonly string[], more: Variables = {}, killAfterMs?: number): Promise<Ended> {
    return this.etlAs(this.services.etl, args, more, killAfterMs);
  }

  /** The same with another command. */
  async etlAs(command: Command, args: readonly string[], more: Variables = {}, killAfterMs?: number): Promise<Ended> {
    const kill = killAfterMs === undefined ? {} : { killAfterMs };
    const startedMs = performance.now();
    const ended = await runProgram(command, args, { ...this.environment.variables, ...more }, kill);
    if (ended.signal === 'SIGKILL') this.counts.kills += 1;
    else this.slowestRunMs = Math.round(Math.max(this.slowestRunMs, performance.now() - startedMs));
    return ended;
  }

  expect({ exitCode, signal, stderr }: Ended, codes: readonly number[]): void {
    if (exitCode !== null && codes.includes(exitCode)) return;
    this.fail(`a run ended with ${exitCode ?? signal}, expected ${codes.join(' or ')}: ${stderr.slice(-800)}`);
  }

  fail(message: string): void {
    this.failures.push(message);
  }
}
