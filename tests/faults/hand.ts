import { runProgram, type Command, type Ended, type Environment } from './command.ts';
import type { Random } from './random.ts';
import type { Field, Stand } from './stand.ts';
import { Traffic } from './traffic.ts';

/** The faults that are counted. */
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

/** What faults are made with, and what has come of them in one seed. */
export class Hand implements AsyncDisposable {
  readonly stand: Stand;
  readonly field: Field;
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
  /** How long the slowest run took that was not killed. */
  slowestRunMs = 0;
  readonly #roundMessages: number;
  #batches = 0;

  constructor(stand: Stand, field: Field, random: Random, roundMessages: number) {
    this.stand = stand;
    this.field = field;
    this.random = random;
    this.#roundMessages = roundMessages;
    this.traffic = new Traffic(field.kafka, field.topic, random);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.traffic[Symbol.asyncDispose]();
  }

  /** Publishes some messages, or at least so many. */
  async produce(atLeast = 5): Promise<void> {
    const count = Math.max(atLeast, this.random.between(5, this.#roundMessages));
    for (let left = count; left > 0; left -= 1000) await this.traffic.send(Math.min(left, 1000));
  }

  newBatch(): string {
    this.#batches += 1;
    return `faults-${this.#batches}`;
  }

  /** Runs all four steps of a new batch. */
  async runBatch(more: Environment = {}): Promise<Ended> {
    return this.etl(['run', '--batch', this.newBatch()], more);
  }

  async etl(args: readonly string[], more: Environment = {}, killAfterMs?: number): Promise<Ended> {
    return this.etlAs(this.stand.etl, args, more, killAfterMs);
  }

  /** The same, started in a way of its own. */
  async etlAs(command: Command, args: readonly string[], more: Environment = {}, killAfterMs?: number): Promise<Ended> {
    const kill = killAfterMs === undefined ? {} : { killAfterMs };
    const startedMs = performance.now();
    const ended = await runProgram(command, args, { ...this.field.env, ...more }, kill);
    if (ended.signal === 'SIGKILL') this.counts.kills += 1;
    else this.slowestRunMs = Math.round(Math.max(this.slowestRunMs, performance.now() - startedMs));
    return ended;
  }

  expect({ exitCode, signal, stderr }: Ended, codes: readonly number[]): void {
    if (exitCode !== null && codes.includes(exitCode)) return;
    this.fail(`a run ended with ${exitCode ?? signal}, expected ${codes.join(' or ')}: ${stderr.slice(-800)}`);
  }

  fail(words: string): void {
    this.failures.push(words);
  }
}
