import { setTimeout as delay } from 'node:timers/promises';

import { withClient } from '@pulse/local';
import { Client } from 'pg';

import { failpoints } from '../../etl/src/failpoint.ts';
import { checkAll, type CheckResult, type ReadEpoch } from './checker.ts';
import { runProgram, type Ended, type Environment } from './command.ts';
import { readLog } from './log-reader.ts';
import { patiently } from './patiently.ts';
import { Random } from './random.ts';
import { startSampler } from './sampler.ts';
import { makeTopic, openField, type Field, type Stand } from './stand.ts';
import { Traffic } from './traffic.ts';

/** How much of everything one seed does at least. */
export interface Effort {
  readonly kills: number;
  readonly lostAcknowledgements: number;
  readonly databaseCrashes: number;
  readonly brokerCrashes: number;
  /** Messages of a round, at most. */
  readonly roundMessages: number;
  /** Messages in all; rounds go on until they are sent. */
  readonly messages: number;
  /** The cap of a batch: small, so that a round's messages make several. */
  readonly batchMessages: number;
}

/** What has been done so far, by its name. */
export type Counts = Readonly<Record<string, number>>;

/** What one seed has done and found. */
export interface SeedReport {
  readonly seed: number;
  readonly counts: Counts;
  readonly checks: readonly CheckResult[];
}

const wavesOfKills = 3;
const healMaxMs = 60_000;
const okay = 0;
const temporary = 75;
const integrity = 65;

/** One seed's life: rounds of traffic and faults, a heal after each, the loss scenarios, then all checks. */
export async function runSeed(
  stand: Stand,
  seed: number,
  effort: Effort,
  onRound: (counts: Counts) => void,
): Promise<SeedReport> {
  const random = new Random(seed);
  await using field = await openField(stand, random, effort.batchMessages);
  await using sampler = startSampler(field.ownerUrl);
  await using run = new SeedRun(stand, field, random, effort);
  await run.rounds(onRound);
  await run.losses();
  const client = new Client({ connectionString: field.ownerUrl });
  await client.connect();
  try {
    const evidence = { client, ...run.evidence(), sampleViolations: sampler.violations };
    const checks = [...(await checkAll(evidence)), run.healCheck()];
    const counts = { ...run.counts, samples: sampler.sampleCount, migratorKills: field.migratorKills };
    return { seed, counts, checks };
  } finally {
    await client.end();
  }
}

type Injector = () => Promise<void>;

class SeedRun implements AsyncDisposable {
  readonly counts = {
    messages: 0,
    kills: 0,
    lostAcknowledgements: 0,
    databaseCrashes: 0,
    brokerCrashes: 0,
    brokerPauses: 0,
    resets: 0,
    freezes: 0,
    rounds: 0,
    slowestHealMs: 0,
  };
  readonly #stand: Stand;
  readonly #field: Field;
  readonly #random: Random;
  readonly #effort: Effort;
  readonly #traffic: Traffic;
  readonly #epochs: ReadEpoch[] = [];
  readonly #lostIds = new Set<string>();
  readonly #failures: string[] = [];
  #points: string[] = [];
  #others: Injector[] = [];
  #batches = 0;

  constructor(stand: Stand, field: Field, random: Random, effort: Effort) {
    this.#stand = stand;
    this.#field = field;
    this.#random = random;
    this.#effort = effort;
    this.#traffic = new Traffic(field.kafka, field.topic, random);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#traffic[Symbol.asyncDispose]();
  }

  evidence() {
    return { ledger: this.#traffic.ledger, epochs: this.#epochs, lostIds: this.#lostIds };
  }

  healCheck(): CheckResult {
    return {
      name: '6 after each fault heals, the lag is 0 within 60 s and every run ends as it should',
      violations: this.#failures,
    };
  }

  /** Faults in rounds until the effort is made. */
  async rounds(onRound: (counts: Counts) => void): Promise<void> {
    while (this.#isDue()) {
      await this.#produce();
      await this.#nextInjector()();
      this.counts.rounds += 1;
      await this.#heal();
      onRound(this.counts);
    }
  }

  #isDue(): boolean {
    const { kills, lostAcknowledgements, databaseCrashes, brokerCrashes, messages } = this.counts;
    const least = this.#effort;
    return (
      kills < least.kills ||
      lostAcknowledgements < least.lostAcknowledgements ||
      databaseCrashes < least.databaseCrashes ||
      brokerCrashes < least.brokerCrashes ||
      messages < least.messages
    );
  }

  async #produce(): Promise<void> {
    const count = this.#random.between(5, this.#effort.roundMessages);
    for (let left = count; left > 0; left -= 1000) await this.#traffic.send(Math.min(left, 1000));
    this.counts.messages = this.#traffic.ledger.length;
  }

  /** What is still missing comes first; kills are what there is most of. */
  #nextInjector(): Injector {
    const { lostAcknowledgements, databaseCrashes, brokerCrashes, rounds, kills } = this.counts;
    if (rounds % 5 === 4) return this.#nextOther();
    const share = kills / Math.max(1, this.#effort.kills);
    if (lostAcknowledgements < this.#effort.lostAcknowledgements * Math.min(1, share + 0.1))
      return () => this.#loseCommit();
    if (databaseCrashes < this.#effort.databaseCrashes * Math.min(1, share)) return () => this.#crashDatabase();
    if (brokerCrashes < this.#effort.brokerCrashes * Math.min(1, share)) return () => this.#crashBroker();
    return () => this.#kill();
  }

  /** Faults of the network and a broker that stands still, in turn. */
  #nextOther(): Injector {
    if (this.#others.length === 0) {
      this.#others = this.#random.shuffled([
        () => this.#resetConnections(),
        () => this.#freezeConnections(),
        () => this.#pauseBroker(),
      ]);
    }
    return this.#others.pop() ?? (() => this.#kill());
  }

  /** Waves of two to four runs at once, each dying at a place of its own; some of their batches are tried again. */
  async #kill(): Promise<void> {
    for (let wave = 0; wave < wavesOfKills; wave += 1) {
      const runs = Array.from({ length: this.#random.between(2, 4) }, () => this.#newBatch());
      const sameBatch = this.#random.chance(0.3);
      const [first = ''] = runs;
      const victims = runs.map((batch) => this.#victim(sameBatch ? first : batch));
      if (this.#random.chance(0.3)) victims.push(this.#etl(['run', '--batch', this.#newBatch()]));
      await Promise.all(victims);
      if (this.#random.chance(0.3)) this.#expect(await this.#etl(['run', '--batch', first]), [okay, temporary]);
      await this.#produce();
    }
  }

  async #victim(batch: string): Promise<Ended> {
    if (this.#random.chance(0.25)) {
      return this.#etl(['run', '--batch', batch], {}, this.#random.between(60, 500));
    }
    return this.#etl(['run', '--batch', batch], { ETL_FAILPOINT: this.#nextPoint() });
  }

  /** Every place in turn, in an order of the seed's. */
  #nextPoint(): string {
    // Each place is visited in every seed, again and again.
    if (this.#points.length === 0) this.#points = this.#random.shuffled(failpoints);
    return this.#points.pop() ?? 'before-commit';
  }

  /** The answer to a load's COMMIT never arrives; the step is tried again, as Airflow does it. */
  async #loseCommit(): Promise<void> {
    const { proxy } = this.#field;
    const before = proxy.lostAcknowledgements;
    const batch = this.#newBatch();
    proxy.loseNextCommit();
    this.#expect(await this.#etl(['run', '--batch', batch]), [okay, temporary]);
    this.counts.lostAcknowledgements += proxy.lostAcknowledgements - before;
    const again = await this.#etl(['run', '--batch', batch]);
    this.#expect(again, [okay]);
  }

  async #crashDatabase(): Promise<void> {
    const running = [this.#etl(['run', '--batch', this.#newBatch()]), this.#etl(['run', '--batch', this.#newBatch()])];
    await delay(this.#random.between(100, 500));
    await this.#stand.postgres.restart({ mode: 'immediate' });
    this.counts.databaseCrashes += 1;
    for (const ended of await Promise.all(running)) this.#expect(ended, [okay, temporary]);
  }

  async #crashBroker(): Promise<void> {
    const running = this.#etl(['run', '--batch', this.#newBatch()]);
    await delay(this.#random.between(50, 400));
    await this.#stand.kafkaServer.kill('SIGKILL');
    const blind = this.#etl(['run', '--batch', this.#newBatch()]);
    await this.#stand.kafkaServer.restart();
    this.counts.brokerCrashes += 1;
    for (const ended of await Promise.all([running, blind])) this.#expect(ended, [okay, temporary]);
  }

  async #pauseBroker(): Promise<void> {
    await this.#stand.kafkaServer.kill('SIGSTOP');
    const running = this.#etl(['run', '--batch', this.#newBatch()]);
    await delay(this.#random.between(300, 1500));
    await this.#stand.kafkaServer.kill('SIGCONT');
    this.counts.brokerPauses += 1;
    this.#expect(await running, [okay, temporary]);
  }

  async #resetConnections(): Promise<void> {
    const { proxy } = this.#field;
    proxy.delay(this.#random.between(2, 25));
    const running = [this.#etl(['run', '--batch', this.#newBatch()]), this.#etl(['run', '--batch', this.#newBatch()])];
    await delay(this.#random.between(250, 900));
    this.counts.resets += proxy.resetAll();
    proxy.delay(0);
    for (const ended of await Promise.all(running)) this.#expect(ended, [okay, temporary]);
  }

  /** Half-open connections: neither side hears of the other again. Airflow's time-out kills such a step. */
  async #freezeConnections(): Promise<void> {
    const running = this.#etl(['run', '--batch', this.#newBatch()], {}, 4000);
    await delay(this.#random.between(250, 700));
    this.counts.freezes += this.#field.proxy.freezeAll();
    await running;
  }

  /** All faults are over: until nothing is left to read, every run has to end well, within a minute. */
  async #heal(): Promise<void> {
    const startedMs = performance.now();
    for (;;) {
      const ended = await this.#etl(['run', '--until-empty', '--json']);
      const tookMs = performance.now() - startedMs;
      if (ended.exitCode === okay) {
        this.counts.slowestHealMs = Math.round(Math.max(this.counts.slowestHealMs, tookMs));
        const lag = await this.#lag();
        if (lag === 0) return;
        this.#fail(`the lag is ${lag} after a run until empty`);
      } else this.#expect(ended, [temporary]);
      if (tookMs > healMaxMs) {
        this.#fail(
          `not healed after ${Math.round(tookMs)} ms: exit code ${ended.exitCode}\n${ended.stderr.slice(-800)}`,
        );
        return;
      }
    }
  }

  /** Offsets between the stored positions and the log's ends. */
  async #lag(): Promise<number> {
    const { kafka, topic, ownerUrl } = this.#field;
    const ends = await patiently(kafka, (admin) => admin.fetchTopicOffsets(topic));
    const sql = 'select partition, next_offset from source_positions';
    const { rows } = await withClient(ownerUrl, (client) =>
      client.query<{ partition: number; next_offset: string }>(sql),
    );
    const positions = new Map(rows.map(({ partition, next_offset: next }) => [partition, Number(next)]));
    return ends.reduce((sum, { partition, high }) => sum + Number(high) - (positions.get(partition) ?? 0), 0);
  }

  /** Records deleted unread, then the topic deleted and made again: each stops everything until the loss is accepted. */
  async losses(): Promise<void> {
    await this.#loseRecords();
    await this.#loseTopic();
  }

  async #loseRecords(): Promise<void> {
    const { kafka, topic } = this.#field;
    const records = await readLog(kafka, topic);
    await this.#produceAcknowledged();
    const known = new Set(records.map(({ partition, offset }) => `${partition}/${offset}`));
    await patiently(kafka, async (admin) => {
      for (const { partition, high } of await admin.fetchTopicOffsets(topic)) {
        await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: high }] });
      }
    });
    for (const { id, partition, offset } of this.#traffic.ledger) {
      if (offset !== null && !known.has(`${partition}/${offset}`)) this.#lostIds.add(id);
    }
    this.#expect(await this.#etl(['run']), [integrity]);
    await this.#acceptLosses();
    await this.#produceAcknowledged();
    await this.#heal();
    this.#epochs.push({ epoch: 0, records: [...records, ...(await readLog(kafka, topic))] });
  }

  async #loseTopic(): Promise<void> {
    const { kafka, topic } = this.#field;
    await patiently(kafka, async (admin) => {
      if ((await admin.listTopics()).includes(topic)) await admin.deleteTopics({ topics: [topic] });
    });
    await this.#traffic[Symbol.asyncDispose]();
    await makeTopic(kafka, topic);
    for (let round = 0; round < 3; round += 1) await this.#produceAcknowledged();
    this.#expect(await this.#etl(['run']), [integrity]);
    await this.#acceptLosses();
    await this.#heal();
    this.#epochs.push({ epoch: 1, records: await readLog(kafka, topic) });
  }

  /** Enough for every partition to have some. */
  async #produceAcknowledged(): Promise<void> {
    const before = this.#traffic.ledger.length;
    await this.#traffic.send(60);
    if (this.#traffic.ledger.slice(before).some(({ offset }) => offset === null)) {
      throw new Error('the broker does not acknowledge, though nothing is wrong with it');
    }
  }

  async #acceptLosses(): Promise<void> {
    for (const partition of ['0', '1', '2']) {
      const args = ['resume', '--accept-loss', '--partition', partition, '--reason', 'made by the fault test'];
      this.#expect(await this.#etl(args), [okay]);
    }
  }

  #newBatch(): string {
    this.#batches += 1;
    return `faults-${this.#batches}`;
  }

  async #etl(args: readonly string[], more: Environment = {}, killAfterMs?: number): Promise<Ended> {
    const kill = killAfterMs === undefined ? {} : { killAfterMs };
    const ended = await runProgram(this.#stand.etl, args, { ...this.#field.env, ...more }, kill);
    if (ended.signal === 'SIGKILL') this.counts.kills += 1;
    return ended;
  }

  #expect({ exitCode, signal, stderr }: Ended, codes: readonly number[]): void {
    if (exitCode !== null && codes.includes(exitCode)) return;
    this.#fail(`a run ended with ${exitCode ?? signal}, expected ${codes.join(' or ')}: ${stderr.slice(-800)}`);
  }

  #fail(words: string): void {
    this.#failures.push(words);
  }
}
