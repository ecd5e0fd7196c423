import { withClient } from '@pulse/local';
import { Client } from 'pg';

import { checkAll, type CheckResult, type ReadEpoch } from './checker.ts';
import { crashingBroker, crashingDatabase, fillingDisk, killing, losingCommits, pausingBroker } from './crashes.ts';
import { Hand, okay, temporary, type Counted } from './hand.ts';
import type { Injector } from './injector.ts';
import { readLog } from './log-reader.ts';
import { freezing, resettingBroker, resettingWarehouse } from './network-faults.ts';
import { patiently } from './patiently.ts';
import { Random } from './random.ts';
import { startSampler } from './sampler.ts';
import { makeTopic, openField, type Field, type Stand } from './stand.ts';

/** How much of everything one seed does at least. */
export interface Effort {
  /** Faults of each kind that have hit something. */
  readonly faults: Readonly<Record<Counted, number>>;
  /** Kinds of poison that are sent. */
  readonly poisonKinds: number;
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

const healMaxMs = 60_000;
const integrity = 65;
/** One round in so many is of the faults that are made now and then: often until all have been made. */
const rareRounds = { due: 3, later: 10 };
/** How often a fault may be made without hitting anything. */
const missesMax = 6;

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
  await using hand = new Hand(stand, field, random, effort.roundMessages);
  const run = new SeedRun(hand, effort);
  await run.rounds(onRound);
  await run.losses();
  const client = new Client({ connectionString: field.ownerUrl });
  await client.connect();
  try {
    const evidence = { client, ...run.evidence(), sampleViolations: sampler.violations };
    const checks = [...(await checkAll(evidence)), run.healCheck()];
    const counts = { ...run.counts(), samples: sampler.sampleCount, migratorKills: field.migratorKills };
    return { seed, counts, checks };
  } finally {
    await client.end();
  }
}

class SeedRun {
  readonly #hand: Hand;
  readonly #field: Field;
  readonly #effort: Effort;
  readonly #epochs: ReadEpoch[] = [];
  readonly #lostIds = new Set<string>();
  readonly #misses = new Map<Injector, number>();
  readonly #common: readonly Injector[] = [losingCommits, crashingDatabase, crashingBroker];
  readonly #rare: readonly Injector[] = [resettingWarehouse, pausingBroker, resettingBroker, freezing, fillingDisk];
  readonly #kill = killing();
  #rareLeft: Injector[] = [];
  #rounds = 0;
  #slowestHealMs = 0;

  constructor(hand: Hand, effort: Effort) {
    this.#hand = hand;
    this.#field = hand.field;
    this.#effort = effort;
  }

  counts(): Counts {
    const { traffic, counts, slowestRunMs } = this.#hand;
    return {
      messages: traffic.ledger.length,
      poisonKinds: traffic.poisonKinds,
      ...counts,
      rounds: this.#rounds,
      slowestRunMs,
      slowestHealMs: this.#slowestHealMs,
    };
  }

  evidence() {
    return { ledger: this.#hand.traffic.ledger, epochs: this.#epochs, lostIds: this.#lostIds };
  }

  healCheck(): CheckResult {
    return {
      name: '6 every kind of fault is made; after each the lag is 0 within 60 s and every run ends as it should',
      violations: this.#hand.failures,
    };
  }

  /** Faults in rounds until the effort is made. */
  async rounds(onRound: (counts: Counts) => void): Promise<void> {
    for (let injector = this.#nextInjector(); injector !== undefined; injector = this.#nextInjector()) {
      await this.#hand.produce();
      const before = this.#hit(injector);
      await injector.inject(this.#hand);
      if (this.#hit(injector) === before) this.#missed(injector);
      this.#rounds += 1;
      await this.#heal();
      onRound(this.counts());
    }
  }

  #hit({ counts }: Injector): number {
    return counts.reduce((sum, name) => sum + this.#hand.counts[name], 0);
  }

  #missed(injector: Injector): void {
    const misses = (this.#misses.get(injector) ?? 0) + 1;
    this.#misses.set(injector, misses);
    if (misses === missesMax)
      this.#hand.fail(`${injector.counts.join(', ')}: made ${misses} times, and nothing was hit`);
  }

  /** What is still missing comes first, little by little; kills are what there is most of. Undefined when all is done. */
  #nextInjector(): Injector | undefined {
    const { kills } = this.#hand.counts;
    const share = Math.min(1, kills / this.#effort.faults.kills + 0.1);
    const rare = this.#rare.filter((injector) => this.#isDue(injector, 1));
    const common = this.#common.find((injector) => this.#isDue(injector, share));
    const kill = this.#isDue(this.#kill, 1) || !this.#isAllSent() ? this.#kill : undefined;
    if (rare.length === 0 && common === undefined && kill === undefined) return undefined;
    const every = rare.length > 0 ? rareRounds.due : rareRounds.later;
    if (this.#rounds % every === every - 1) return this.#nextRare(rare) ?? this.#kill;
    return common ?? kill ?? this.#nextRare(rare);
  }

  #isAllSent(): boolean {
    const { traffic } = this.#hand;
    const { messages, poisonKinds } = this.#effort;
    return traffic.ledger.length >= messages && traffic.poisonKinds >= poisonKinds;
  }

  #nextRare(due: readonly Injector[]): Injector | undefined {
    if (due.length > 0) return this.#hand.random.pick(due);
    // All have been made: in a long run they go on, in turn.
    if (this.#effort.messages === 0) return undefined;
    if (this.#rareLeft.length === 0) this.#rareLeft = this.#hand.random.shuffled(this.#rare);
    return this.#rareLeft.pop();
  }

  /** Whether less has been hit than this share of what is to be hit at least. */
  #isDue(injector: Injector, share: number): boolean {
    if ((this.#misses.get(injector) ?? 0) >= missesMax) return false;
    return injector.counts.some((name) => this.#hand.counts[name] < this.#effort.faults[name] * share);
  }

  /** All faults are over: until nothing is left to read, every run has to end well, within a minute. */
  async #heal(): Promise<void> {
    const startedMs = performance.now();
    for (;;) {
      const ended = await this.#hand.etl(['run', '--until-empty', '--json']);
      const tookMs = performance.now() - startedMs;
      if (ended.exitCode === okay) {
        this.#slowestHealMs = Math.round(Math.max(this.#slowestHealMs, tookMs));
        const lag = await this.#lag();
        if (lag === 0) return;
        this.#hand.fail(`the lag is ${lag} after a run until empty`);
      } else this.#hand.expect(ended, [temporary]);
      if (tookMs > healMaxMs) {
        this.#hand.fail(
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
    for (const { id, partition, offset } of this.#hand.traffic.ledger) {
      if (offset !== null && !known.has(`${partition}/${offset}`)) this.#lostIds.add(id);
    }
    this.#hand.expect(await this.#hand.etl(['run']), [integrity]);
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
    await this.#hand.traffic[Symbol.asyncDispose]();
    await makeTopic(kafka, topic);
    for (let round = 0; round < 3; round += 1) await this.#produceAcknowledged();
    this.#hand.expect(await this.#hand.etl(['run']), [integrity]);
    await this.#acceptLosses();
    await this.#heal();
    this.#epochs.push({ epoch: 1, records: await readLog(kafka, topic) });
  }

  /** Enough for every partition to have some. */
  async #produceAcknowledged(): Promise<void> {
    const before = this.#hand.traffic.ledger.length;
    await this.#hand.traffic.send(60);
    if (this.#hand.traffic.ledger.slice(before).some(({ offset }) => offset === null)) {
      throw new Error('the broker does not acknowledge, though nothing is wrong with it');
    }
  }

  async #acceptLosses(): Promise<void> {
    for (const partition of ['0', '1', '2']) {
      const args = ['resume', '--accept-loss', '--partition', partition, '--reason', 'made by the fault test'];
      this.#hand.expect(await this.#hand.etl(args), [okay]);
    }
  }
}
