import { env } from 'node:process';

import { execa } from 'execa';

import { startContainers } from './services-in-containers.ts';
import { startEmbedded } from './services-embedded.ts';
import { givenServices } from './services-given.ts';

/** Where a real Kafka and a real PostgreSQL answer. */
export interface ServiceAddresses {
  readonly kafkaBootstrapServers: string;
  /** A superuser's URL: tests make databases and roles of their own. */
  readonly warehouseUrl: string;
}

/** Services that end when they are disposed of; those that were given stay. */
export interface Services extends ServiceAddresses, AsyncDisposable {}

/** environment: given by two variables; testcontainers: containers of this run; embedded: processes of this run. */
const ways = { environment: givenServices, testcontainers: startContainers, embedded: startEmbedded } as const;

export type Way = keyof typeof ways;

/** Starts Kafka and PostgreSQL in one of the three ways, or takes the given ones. */
export async function startServices(way: Way): Promise<Services> {
  return ways[way]();
}

/** TEST_SERVICES decides; without it: what the environment gives, else containers where an engine answers, else processes. */
export async function chooseWay(): Promise<Way> {
  const wanted = env['TEST_SERVICES'] ?? '';
  if (isWay(wanted)) return wanted;
  if (wanted !== '') throw new Error(`TEST_SERVICES is ${wanted}: expected ${Object.keys(ways).join(', ')} or nothing`);
  if (env['TEST_KAFKA_BOOTSTRAP_SERVERS'] !== undefined || env['TEST_WAREHOUSE_URL'] !== undefined)
    return 'environment';
  return (await engineAnswers()) ? 'testcontainers' : 'embedded';
}

const engineTimeoutMs = 3000;

async function engineAnswers(): Promise<boolean> {
  const { exitCode } = await execa('docker', ['info', '--format', '{{.ServerVersion}}'], {
    reject: false,
    timeout: engineTimeoutMs,
  });
  return exitCode === 0;
}

function isWay(name: string): name is Way {
  return Object.hasOwn(ways, name);
}
