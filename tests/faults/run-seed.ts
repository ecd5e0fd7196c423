import { withClient } from '@pulse/local';
import { Client } from 'pg';

import { checkAll, type CheckResult, type ReadEpoch } from './checker.ts';
import { crashingBroker, crashingDatabase, fillingDisk, killing, losingCommits, pausingBroker } from './crashes.ts';
import { Driver, okay, temporary, type Counted } from './driver.ts';
import type { Injector } from './injector.ts';
import { readLog } from './log-reader.ts';
import { freezing, resettingBroker, resettingWarehouse } from './network-faults.ts';
import { withRetry } from './retry.ts';
import { Random } from './random.ts';
import { startSampler } from './sampler.ts';
import { makeTopic, openEnvironment, type Environment } from './environment.ts';
import type { Services } from './services.ts';

/** What one seed does at least. */
export interface Effort {
  /** Injected faults of each kind that hit something. */
  readonly faults: Readonly<Record<Counted, number>>;
  /** Kinds of poison that are sent. */
  readonly poisonKinds: number;
  /** The most messages of a round. */
  readonly roundMessages: number;
  /** Messages in total; rounds go on until they are sent. */
  readonly messages: number;
  /** The limit of a batch: small, so that a round makes several batches. */
  readonly batchMessages: number;
}

/** What has been done so far, by name. */
export type Counts = Readonly<Record<string, number>>;

/** What one seed did and found. */
export interface SeedReport {
  readonly seed: number;
  readonly counts: Counts;
  readonly checks: readonly CheckResult[];
}

const recoveryMaxMs = 60_000;
const integrity = 65;
/** Every third round injects a rare fault until each has been injected, then every tenth. */
const rareRounds = { due: 3, later: 10 };
/** How often a fault may hit nothing. */
const missesMax = 6;

/** Runs one seed: rounds of traffic and faults with a recovery after each, the loss scenarios, then all checks. */
export async function runSeed(
  services: Services,
  seed: number,
  effort: Effort,
  onRound: (counts: Counts) => void,
): Promise<SeedReport> {
  const random = new Random(seed);
  await using environment = await openEnvironment(services, random, effort.batchMessages);
  await using sampler = startSampler(environment.ownerUrl);
  await using driver = new Driver(services, environment, random, effort.roundMessages);
  const run = new SeedRun(driver, effort);
  await run.rounds(onRound);
  await run.losses();
  const client = new Client({ connectionString: environment.ownerUrl });
  await client.connect();
  try {
    const evidence = { client, ...run.evidence(), sampleViolations: sampler.violations };
    const checks = [...(await checkAll(evidence)), run.recoveryCheck()];
    const counts = { ...run.counts(), samples: sampler.sampleCount, migratorKills: environment.migratorKills };
    return { seed, counts, checks };
  } finally {
    await client.end();
  }
}

class SeedRun {
  readonly #driver: Driver;
  readonly #environment: Environment;
  readonly #effort: Effort;
  readonly #epochs: ReadEpoch[] = [];
  readonly #lostIds = new Set<string>();
  readonly #misses = new Map<Injector, number>();
  readonly #common: readonly Injector[] = [losingCommits, crashingDatabase, crashingBroker];
  readonly #rare: readonly Injector[] = [resettingWarehouse, pausingBroker, resettingBroker, freezing, fillingDisk];
  readonly #kill = killing();
  #rareLeft: Injector[] = [];
  #rounds = 0;
  #slowestRecoveryMs = 0;

  constructor(driver: Driver, effort: Effort) {
    this.#driver = driver;
    this.#environment = driver.environment;
    this.#effort = effort;
  }

  counts(): Counts {
    const { traffic, counts, slowestRunMs } = this.#driver;
    return {
      messages: traffic.ledger.length,
      poisonKinds: traffic.poisonKinds,
      ...counts,
      rounds: this.#rounds,
      slowestRunMs,
      slowestRecoveryMs: this.#slowestRecoveryMs,
    };
  }

  evidence() {
    return { ledger: this.#driver.traffic.ledger, epochs: this.#epochs, lostIds: this.#lostIds };
  }

  recoveryCheck(): CheckResult {
    return {
      name: '6 every kind of fault is injected; after each the lag is 0 within 60 s and every run ends as expected',
      violations: this.#driver.failures,
    };
  }

  /** Injects faults in rounds until the effort is reached. */
  async rounds(onRound: (counts: Counts) => void): Promise<void> {
    for (let injector = this.#nextInjector(); injector !== undefined; injector = this.#nextInjector()) {
      await this.#driver.produce();
      const before = this.#hit(injector);
      await injector.inject(this.#driver);
      if (this.#hit(injector) === before) this.#missed(injector);
      this.#rounds += 1;
      await this.#recover();
      onRound(this.counts());
    }
  }

  #hit({ counts }: Injector): number {
    return counts.reduce((sum, name) => sum + this.#driver.counts[name], 0);
  }

  #missed(injector: Injector): void {
    const misses = (this.#misses.get(injector) ?? 0) + 1;
    this.#misses.set(injector, misses);
    if (misses === missesMax)
      this.#driver.fail(`${injector.counts.join(', ')}: injected ${misses} times without hitting anything`);
  }

  /** Spreads the faults that are still missing over the kills, the most frequent kind. Undefined when all is done. */
  #nextInjector(): Injector | undefined {
    const { kills } = this.#driver.counts;
    const ratio = Math.min(1, kills / this.#effort.faults.kills + 0.1);
    const rare = this.#rare.filter((injector) => this.#isDue(injector, 1));
    const common = this.#common.find((injector) => this.#isDue(injector, ratio));
    const kill = this.#isDue(this.#kill, 1) || !this.#isAllSent() ? this.#kill : undefined;
    if (rare.length === 0 && common === undefined && kill === undefined) return undefined;
    const every = rare.length > 0 ? rareRounds.due : rareRounds.later;
    if (this.#rounds % every === every - 1) return this.#nextRare(rare) ?? this.#kill;
    return common ?? kill ?? this.#nextRare(rare);
  }

  #isAllSent(): boolean {
    const { traffic } = this.#driver;
    const { messages, poisonKinds } = this.#effort;
    return traffic.ledger.length >= messages && traffic.poisonKinds >= poisonKinds;
  }

  #nextRare(due: readonly Injector[]): Injector | undefined {
    if (due.length > 0) return this.#driver.random.pick(due);
    // All have been injected; a long run goes on with them in turn.
    if (this.#effort.messages === 0) return undefined;
    if (this.#rareLeft.length === 0) this.#rareLeft = this.#driver.random.shuffled(this.#rare);
    return this.#rareLeft.pop();
  }

  /** Whether fewer have hit than this ratio of the required number. */
  #isDue(injector: Injector, ratio: number): boolean {
    if ((this.#misses.get(injector) ?? 0) >= missesMax) return false;
    return injector.counts.some((name) => this.#driver.counts[name] < this.#effort.faults[name] * ratio);
  }

  /** No fault is active: runs have to succeed until nothing is left to read, within a minute. */
  async #recover(): Promise<void> {
    const startedMs = performance.now();
    for (;;) {
      const ended = await this.#driver.etl(['run', '--until-empty', '--json']);
      const tookMs = performance.now() - startedMs;
      if (ended.exitCode === okay) {
        this.#slowestRecoveryMs = Math.round(Math.max(this.#slowestRecoveryMs, tookMs));
        const lag = await this.#lag();
        if (lag === 0) return;
        this.#driver.fail(`the lag is ${lag} after a run until empty`);
      } else this.#driver.expect(ended, [temporary]);
      if (tookMs > recoveryMaxMs) {
        this.#driver.fail(
          `not recovered after ${Math.round(tookMs)} ms: exit code ${ended.exitCode}\n${ended.stderr.slice(-800)}`,
        );
        return;
      }
    }
  }

  /** Offsets between the stored positions and the log's ends. */
  async #lag(): Promise<number> {
    const { kafka, topic, ownerUrl } = this.#environment;
    const ends = await withRetry(kafka, (admin) => admin.fetchTopicOffsets(topic));
    const sql = 'select partition, next_offset from source_positions';
    const { rows } = await withClient(ownerUrl, (client) =>
      client.query<{ partition: number; next_offset: string }>(sql),
    );
    const positions = new Map(rows.map(({ partition, next_offset: next }) => [partition, Number(next)]));
    return ends.reduce((sum, { partition, high }) => sum + Number(high) - (positions.get(partition) ?? 0), 0);
  }

  /** Deletes unread records, then deletes and recreates the topic: each stops the pipeline until the loss is accepted. */
  async losses(): Promise<void> {
    await this.#loseRecords();
    await this.#loseTopic();
  }

  async #loseRecords(): Promise<void> {
    const { kafka, topic } = this.#environment;
    const records = await readLog(kafka, topic);
    await this.#produceAcknowledged();
    const known = new Set(records.map(({ partition, offset }) => `${partition}/${offset}`));
    await withRetry(kafka, async (admin) => {
      for (const { partition, high } of await admin.fetchTopicOffsets(topic)) {
        await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: high }] });
      }
    });
    for (const { id, partition, offset } of this.#driver.traffic.ledger) {
      if (offset !== null && !known.has(`${partition}/${offset}`)) this.#lostIds.add(id);
    }
    this.#driver.expect(await this.#driver.etl(['run']), [integrity]);
    await this.#acceptLosses();
    await this.#produceAcknowledged();
    await this.#recover();
    this.#epochs.push({ epoch: 0, records: [...records, ...(await readLog(kafka, topic))] });
  }

  async #loseTopic(): Promise<void> {
    const { kafka, topic } = this.#environment;
    await withRetry(kafka, async (admin) => {
      if ((await admin.listTopics()).includes(topic)) await admin.deleteTopics({ topics: [topic] });
    });
    await this.#driver.traffic[Symbol.asyncDispose]();
    await makeTopic(kafka, topic);
    for (let round = 0; round < 3; round += 1) await this.#produceAcknowledged();
    this.#driver.expect(await this.#driver.etl(['run']), [integrity]);
    await this.#acceptLosses();
    await this.#recover();
    this.#epochs.push({ epoch: 1, records: await readLog(kafka, topic) });
  }

  /** Sends enough for every partition to get some. */
  async #produceAcknowledged(): Promise<void> {
    const before = this.#driver.traffic.ledger.length;
    await this.#driver.traffic.send(60);
    if (this.#driver.traffic.ledger.slice(before).some(({ offset }) => offset === null)) {
      throw new Error('the broker is healthy but does not acknowledge');
    }
  }

  async #acceptLosses(): Promise<void> {
    for (const partition of ['0', '1', '2']) {
      const args = ['resume', '--accept-loss', '--partition', partition, '--reason', 'made by the fault test'];
      this.#driver.expect(await this.#driver.etl(args), [okay]);
    }
  }
}
