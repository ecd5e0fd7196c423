import { join } from 'node:path';

import { execa } from 'execa';
import kafkajs from 'kafkajs';
import * as z from 'zod';

import { readTruth, type Truth } from '../truth.ts';
import type { Programs } from './programs.ts';

export interface Traffic {
  readonly messages: number;
  readonly seed: number;
  readonly duplicateShare: number;
  readonly malformedShare: number;
  readonly customers: number;
  /** Event times are spread over this span up to now, such as 12h. */
  readonly timeSpan: string;
}

/** A topic of this run with its messages, removed when disposed of. */
export interface FilledTopic extends AsyncDisposable {
  readonly name: string;
  readonly group: string;
  readonly truth: Truth;
}

export interface TopicServices {
  readonly programs: Programs;
  readonly kafkaBootstrapServers: string;
  readonly folder: string;
  readonly signal: AbortSignal;
  /** The topic's compression.type; by default records stay as the producer sends them. */
  readonly compressionType?: string;
}

const acknowledged = z.object({ acknowledged: z.number() });

/** Makes a topic of three partitions and lets the producer fill it; the producer's ledger gives the expected result. */
export async function fillTopic(name: string, traffic: Traffic, services: TopicServices): Promise<FilledTopic> {
  const { programs, kafkaBootstrapServers, folder, signal } = services;
  const group = `etl-${name}`;
  await using filling = new AsyncDisposableStack();
  filling.defer(() => removeFromKafka(kafkaBootstrapServers, name, group));
  const run = (file: string, ...args: readonly string[]) =>
    execa(file, [...args, '--json'], {
      env: { KAFKA_BOOTSTRAP_SERVERS: kafkaBootstrapServers, KAFKA_TOPIC_TRANSACTIONS: name },
      extendEnv: false,
      cancelSignal: signal,
      timeout: 600_000,
    });
  await run(programs.etl, 'topics');
  if (services.compressionType !== undefined)
    await setCompression(kafkaBootstrapServers, name, services.compressionType);
  const ledger = join(folder, `${name}.jsonl`);
  const { stdout } = await run(process.execPath, programs.producer, ...producerFlags(traffic, ledger));
  const truth = await readTruth(ledger);
  const summary = acknowledged.parse(JSON.parse(stdout));
  if (summary.acknowledged !== traffic.messages || truth.messages !== traffic.messages) {
    throw new Error(`the producer sent ${summary.acknowledged} of ${traffic.messages} messages`);
  }
  const filled = filling.move();
  return { name, group, truth, [Symbol.asyncDispose]: () => filled.disposeAsync() };
}

function producerFlags(traffic: Traffic, ledger: string): readonly string[] {
  const { messages, seed, duplicateShare, malformedShare, customers, timeSpan } = traffic;
  const flags = {
    '--count': messages,
    '--seed': seed,
    '--duplicate-share': duplicateShare,
    '--malformed-share': malformedShare,
    '--customers': customers,
    '--time-span': timeSpan,
    '--ledger': ledger,
  };
  return Object.entries(flags).flatMap(([flag, value]) => [flag, String(value)]);
}

async function setCompression(bootstrapServers: string, topic: string, value: string): Promise<void> {
  const configEntries = [{ name: 'compression.type', value }];
  const resources = [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries }];
  await withAdmin(bootstrapServers, async (admin) => admin.alterConfigs({ validateOnly: false, resources }));
}

async function removeFromKafka(bootstrapServers: string, topic: string, group: string): Promise<void> {
  await withAdmin(bootstrapServers, async (admin) => {
    const { groups } = await admin.listGroups();
    if (groups.some(({ groupId }) => groupId === group)) await admin.deleteGroups([group]);
    const present = await admin.listTopics();
    if (present.includes(topic)) await admin.deleteTopics({ topics: [topic] });
  });
}

async function withAdmin(bootstrapServers: string, work: (admin: kafkajs.Admin) => Promise<void>): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: bootstrapServers.split(','), logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.disconnect();
  }
}
