import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import getPort from 'get-port';
import { Kafka, logLevel } from 'kafkajs';

import { createTemporaryFolder } from '../process/private-folder.ts';
import { Service } from '../process/service.ts';
import { installKafkaJars } from './jars.ts';
import { kafkaJava, quickJvm } from './java.ts';
import { prepareBroker, type ProxiedListener } from './properties.ts';

export interface KafkaOptions {
  /** A free one by default. */
  readonly port?: number | undefined;
  /** A second listener, for clients behind a proxy. */
  readonly behindProxy?: ProxiedListener | undefined;
  /** The folder for its data, made if missing. Without one the data are temporary. */
  readonly folder?: string | undefined;
  /** Broker properties over the defaults. */
  readonly properties?: Readonly<Record<string, string>> | undefined;
  /** Flags of the JVM instead of the quick-starting default. */
  readonly jvm?: readonly string[] | undefined;
  readonly startTimeoutMs?: number | undefined;
}

/** A running single-node Kafka (KRaft) on 127.0.0.1. It ends with this process at the latest. */
export interface KafkaServer extends AsyncDisposable {
  readonly bootstrapServers: string;
  readonly port: number;
  readonly folder: string;
  readonly logFile: string;
  readonly pid: number;
  readonly running: boolean;
  /** Signals the broker; waits for its end unless the signal is SIGSTOP or SIGCONT. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Ends it cleanly and removes temporary data. */
  stop(): Promise<void>;
  /** Ends it cleanly if it still runs, and starts it with the same data and port. */
  restart(): Promise<void>;
}

/**
 * Starts a real Apache Kafka broker and waits until it serves metadata. Its jars are fetched on first use.
 * @throws Error with the end of its log when it does not start.
 */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaServer> {
  const { jvm = quickJvm, startTimeoutMs = 60_000 } = options;
  await installKafkaJars();
  const isTemporary = options.folder === undefined;
  const folder = options.folder ?? (await createTemporaryFolder('kafka'));
  const port = options.port ?? (await getPort({ host: '127.0.0.1' }));
  const bootstrapServers = `127.0.0.1:${port}`;
  const logFile = join(folder, 'kafka.log');

  const launch = async (): Promise<Service> => {
    const { propertiesFile, clusterId } = await prepareBroker({ ...options, port, folder });
    const service = await Service.start({
      name: 'Kafka',
      command: 'java',
      args: kafkaJava('kafka.Kafka', [propertiesFile], jvm),
      folder,
      logFile,
      lastSignal: 'SIGKILL',
      removeFolder: isTemporary ? folder : undefined,
    });
    await service
      .waitUntilReady(() => kafkaAnswers(bootstrapServers, clusterId), startTimeoutMs)
      .catch(async (error: unknown) => {
        await service.kill('SIGKILL');
        throw error;
      });
    return service;
  };

  const clean = async (): Promise<void> => {
    if (isTemporary) await rm(folder, { recursive: true, force: true });
  };
  let service = await launch().catch(async (error: unknown) => {
    await clean();
    throw error;
  });
  const stop = async (): Promise<void> => {
    await service.kill('SIGTERM');
    await clean();
  };
  return {
    bootstrapServers,
    port,
    folder,
    logFile,
    get pid() {
      return service.pid;
    },
    get running() {
      return service.running;
    },
    kill: (signal) => service.kill(signal),
    stop,
    async restart() {
      await service.kill('SIGTERM');
      service = await launch();
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** @throws Error unless a broker at the address serves metadata and lists itself; of cluster `ofCluster`, if given. */
export async function kafkaAnswers(bootstrapServers: string, ofCluster?: string): Promise<void> {
  const kafka = new Kafka({
    brokers: [bootstrapServers],
    clientId: 'readiness',
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout: 2_000,
    retry: { retries: 0 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const { brokers, clusterId } = await admin.describeCluster();
    if (brokers.length === 0) throw new Error(`the broker at ${bootstrapServers} has not joined its cluster yet`);
    if (ofCluster !== undefined && clusterId !== ofCluster) throw new Error(`another broker uses ${bootstrapServers}`);
  } finally {
    await admin.disconnect();
  }
}
