import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import getPort from 'get-port';

/** A second listener for clients behind a proxy: it advertises the proxy's address. */
export interface ProxiedListener {
  /** Where the broker listens for the proxy, on 127.0.0.1. */
  readonly port: number;
  /** Where the proxy listens. */
  readonly proxyPort: number;
}

export interface BrokerPlan {
  /** The port for people and programs, on 127.0.0.1. */
  readonly port: number;
  readonly behindProxy?: ProxiedListener | undefined;
  /** Holds the configuration and, in `data`, the log. */
  readonly folder: string;
  /** Broker properties over the defaults, such as `{ 'log.retention.hours': '1' }`. */
  readonly properties?: Readonly<Record<string, string>> | undefined;
}

export interface PreparedBroker {
  readonly propertiesFile: string;
  readonly clusterId: string;
}

/** Writes what a single KRaft broker needs before it can start. */
export async function prepareBroker(plan: BrokerPlan): Promise<PreparedBroker> {
  const data = join(plan.folder, 'data');
  await mkdir(data, { recursive: true });
  const clusterId = await formatStorage(data);
  const file = join(plan.folder, 'server.properties');
  const controllerPort = await getPort({ host: '127.0.0.1', exclude: [plan.port] });
  const properties = {
    ...singleNode(plan.port, controllerPort, data),
    ...proxied(plan, controllerPort),
    ...plan.properties,
  };
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(file, lines.join(''));
  return { propertiesFile: file, clusterId };
}

/**
 * Writes what `kafka-storage format` writes: a new cluster's identity. A JVM for this alone would double the start-up
 * time. The metadata version is then the newest that the broker knows.
 */
async function formatStorage(data: string): Promise<string> {
  const file = join(data, 'meta.properties');
  const present = await readFile(file, 'utf8').catch(() => '');
  const found = /^cluster\.id=(.+)$/m.exec(present)?.[1];
  if (found !== undefined) return found;
  const clusterId = newId();
  await writeFile(file, `version=1\ncluster.id=${clusterId}\nnode.id=1\ndirectory.id=${newId()}\n`);
  return clusterId;
}

/** 128 random bits as Kafka spells them: base64url, and never a leading dash. */
function newId(): string {
  return randomBytes(16).toString('base64url').replace(/^-/, 'A');
}

function proxied({ port, behindProxy }: BrokerPlan, controllerPort: number): Record<string, string> {
  if (behindProxy === undefined) return {};
  const own = `PLAINTEXT://127.0.0.1:${port}`;
  return {
    listeners: `${own},PROXIED://127.0.0.1:${behindProxy.port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `${own},PROXIED://127.0.0.1:${behindProxy.proxyPort}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
  };
}

function singleNode(port: number, controllerPort: number, data: string): Record<string, string> {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'log.dirs': data,
    'auto.create.topics.enable': 'false',
    'log.retention.hours': '168',
    'group.initial.rebalance.delay.ms': '0',
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
  };
}
