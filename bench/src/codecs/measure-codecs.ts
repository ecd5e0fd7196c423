import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as z from 'zod';

import { runMeasured, type Usage } from '../measure/run-measured.ts';
import { spreadOf, type Spread } from '../measure/spread.ts';
import { bundlePrograms } from '../services/programs.ts';
import type { Services } from '../services/services.ts';
import { fillTopic, type FilledTopic, type Traffic } from '../services/topic.ts';
import { openWarehouse, resetWarehouse, type BenchWarehouse } from '../services/warehouse.ts';

/** Values of a topic's compression.type: the producer sends uncompressed records, and the broker compresses them. */
const codecs = ['uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
type Codec = (typeof codecs)[number];

export interface CodecReport {
  readonly codec: Codec;
  readonly wallMs: Spread;
  readonly cpuMs: Spread;
  readonly peakBytes: Spread;
  /** Wall time divided by that of the same round without compression. */
  readonly byUncompressed: Spread;
}

export interface CodecOptions {
  readonly traffic: Traffic;
  readonly rounds: number;
  readonly startServices: () => Promise<Services>;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** Times `extract` on the same messages with each codec; the codecs alternate. */
export async function measureCodecs(options: CodecOptions): Promise<readonly CodecReport[]> {
  const { traffic, signal, onProgress } = options;
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'pulse-bench-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const programs = await bundlePrograms(join(folder, 'programs'));
  const services = opened.use(await options.startServices());
  const warehouse = opened.use(await openWarehouse(services.warehouseUrl, programs));
  const { kafkaBootstrapServers } = services;
  const topics = new Map<Codec, FilledTopic>();
  for (const codec of codecs) {
    onProgress(`filling a topic, ${codec}`);
    const where = { programs, kafkaBootstrapServers, folder, signal, compressionType: codec };
    topics.set(codec, opened.use(await fillTopic(`bench-${process.pid}-${codec}`, traffic, where)));
  }
  const setup = { etl: programs.etl, kafkaBootstrapServers, folder, signal, warehouse };
  const usages = new Map<Codec, Usage[]>(codecs.map((codec) => [codec, []]));
  for (let round = 0; round <= options.rounds; round += 1) {
    for (const [codec, topic] of topics) {
      const usage = await extractOnce(setup, topic, traffic.messages);
      // The first round is a warm-up of the broker.
      if (round > 0) usages.get(codec)?.push(usage);
    }
    onProgress(round === 0 ? 'warm-up round' : `round ${round} of ${options.rounds}`);
  }
  return codecs.map((codec) => reportOf(codec, usages.get(codec) ?? [], usages.get('uncompressed') ?? []));
}

interface Setup {
  readonly etl: string;
  readonly kafkaBootstrapServers: string;
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly warehouse: BenchWarehouse;
}

const plannedSchema = z.object({ planned: z.number() });

async function extractOnce(setup: Setup, topic: FilledTopic, messages: number): Promise<Usage> {
  const { etl, folder, signal, warehouse, kafkaBootstrapServers } = setup;
  const staging = join(folder, 'staging');
  await resetWarehouse(warehouse.client);
  const env = {
    KAFKA_BOOTSTRAP_SERVERS: kafkaBootstrapServers,
    KAFKA_TOPIC_TRANSACTIONS: topic.name,
    KAFKA_CONSUMER_GROUP: topic.group,
    WAREHOUSE_DATABASE_URL: warehouse.etlUrl,
    ETL_STAGING_DIR: staging,
    ETL_BATCH_MAX_MESSAGES: String(messages),
  };
  const args = ['extract', '--batch', `bench-${randomUUID()}`, '--json'];
  const { stdout, ...usage } = await runMeasured({ file: etl, args, env, folder, signal });
  const { planned } = plannedSchema.parse(JSON.parse(stdout.split('\n').at(-1) ?? ''));
  if (planned !== messages) throw new Error(`extract planned ${planned} of ${messages} messages`);
  await rm(staging, { recursive: true, force: true });
  return usage;
}

function reportOf(codec: Codec, usages: readonly Usage[], uncompressed: readonly Usage[]): CodecReport {
  return {
    codec,
    wallMs: spreadOf(usages.map(({ wallMs }) => wallMs)),
    cpuMs: spreadOf(usages.map(({ cpuMs }) => cpuMs)),
    peakBytes: spreadOf(usages.map(({ peakBytes }) => peakBytes)),
    byUncompressed: spreadOf(usages.map(({ wallMs }, index) => wallMs / (uncompressed[index]?.wallMs ?? Number.NaN))),
  };
}

/** The figures as lines: medians, with the extremes in parentheses. */
export function showCodecs(reports: readonly CodecReport[]): string {
  return reports
    .map(({ codec, wallMs, cpuMs, peakBytes, byUncompressed }) =>
      [
        codec.padEnd(12),
        `wall ${show(wallMs, 1000)} s`,
        `CPU ${show(cpuMs, 1000)} s`,
        `peak ${show(peakBytes, 1e6)} MB`,
        `by uncompressed ${show(byUncompressed, 1)}`,
      ].join('  '),
    )
    .join('\n');
}

function show({ median, min, max }: Spread, unit: number): string {
  const [middle, least, most] = [median, min, max].map((value) => (value / unit).toFixed(2));
  return `${middle} (${least}–${most})`;
}
