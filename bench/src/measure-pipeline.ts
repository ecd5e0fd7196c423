import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { measureSize, type Part } from './measure-size.ts';
import { createReferenceTable } from './reference.ts';
import { reportSize, type SizeReport } from './report/report.ts';
import { bundlePrograms, type Programs } from './services/programs.ts';
import type { Services } from './services/services.ts';
import { fillTopic, type Traffic } from './services/topic.ts';
import { openWarehouse, type BenchWarehouse } from './services/warehouse.ts';

export interface PipelineOptions {
  readonly sizes: readonly number[];
  readonly roundsOf: (messages: number) => number;
  readonly only: ReadonlySet<Part>;
  /** The etl commands of other checkouts, compared with the working copy's. */
  readonly baselines: readonly string[];
  /** Without a number of customers, each buys twenty times. */
  readonly traffic: Omit<Traffic, 'messages' | 'customers'> & { readonly customers: number | undefined };
  readonly startServices: () => Promise<Services>;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
  /** Called as soon as a size is measured. */
  readonly onSize: (report: SizeReport) => void;
}

/** What all sizes use. */
interface Setup {
  readonly folder: string;
  readonly programs: Programs;
  readonly services: Services;
  readonly warehouse: BenchWarehouse;
}

/** Measures the pipeline and its reference at each size, and leaves nothing behind. */
export async function measurePipeline(options: PipelineOptions): Promise<readonly SizeReport[]> {
  const { signal, onProgress } = options;
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'pulse-bench-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  onProgress('bundling the programs');
  const programs = await bundlePrograms(join(folder, 'programs'));
  signal.throwIfAborted();
  onProgress('starting Kafka and PostgreSQL');
  const services = opened.use(await options.startServices());
  signal.throwIfAborted();
  const warehouse = opened.use(await openWarehouse(services.warehouseUrl, programs));
  await createReferenceTable(warehouse.client);

  const reports: SizeReport[] = [];
  for (const messages of options.sizes) {
    const report = await measureTopic(options, { folder, programs, services, warehouse }, messages);
    options.onSize(report);
    reports.push(report);
  }
  return reports;
}

async function measureTopic(options: PipelineOptions, setup: Setup, messages: number): Promise<SizeReport> {
  const { onProgress, signal } = options;
  const { services, folder, programs, warehouse } = setup;
  const { kafkaBootstrapServers } = services;
  onProgress(`${messages.toLocaleString('en')} messages: filling a topic`);
  const customers = options.traffic.customers ?? Math.ceil(messages / 20);
  const name = `bench-${process.pid}-${messages}`;
  const where = { programs, kafkaBootstrapServers, folder, signal };
  await using topic = await fillTopic(name, { ...options.traffic, customers, messages }, where);
  const env = {
    KAFKA_BOOTSTRAP_SERVERS: kafkaBootstrapServers,
    KAFKA_TOPIC_TRANSACTIONS: topic.name,
    KAFKA_CONSUMER_GROUP: topic.group,
    WAREHOUSE_DATABASE_URL: warehouse.etlUrl,
    ETL_STAGING_DIR: join(folder, 'staging'),
    ETL_BATCH_MAX_MESSAGES: String(messages),
  };
  onProgress('warm-up');
  const rounds = await measureSize({
    services,
    warehouse,
    topic,
    setup: { etl: programs.etl, env, folder, signal },
    baselines: options.baselines,
    rounds: options.roundsOf(messages),
    only: options.only,
    onProgress,
  });
  return reportSize(topic.truth, options.baselines, rounds);
}
