import { join } from 'node:path';
import { env } from 'node:process';

import getPort from 'get-port';
import type { StartedTestContainer } from 'testcontainers';

import { bothStarted } from './both-started.ts';
import type { Services } from './services.ts';

const kafkaImage = env['KAFKA_IMAGE'] || 'apache/kafka:4.1.1';
const postgresImage = env['POSTGRES_IMAGE'] || 'postgres:17';
/** Of its log, as in docker-compose.yaml. */
const kafkaSettings = join(import.meta.dirname, '../../docker/kafka');
const password = 'postgres';
const startTimeoutMs = 120_000;

/** A broker and a server in containers of this run, their data in memory. */
export async function startContainers(): Promise<Services> {
  // Ports are open on this host only, and what this run starts it also stops: no helper container is needed for that.
  env['TESTCONTAINERS_RYUK_DISABLED'] ??= 'true';
  env['TESTCONTAINERS_HOST_OVERRIDE'] ??= '127.0.0.1';
  await using started = new AsyncDisposableStack();
  const adopt = async (container: Promise<StartedTestContainer>): Promise<StartedTestContainer> =>
    started.adopt(await container, async (running) => void (await running.stop({ remove: true, removeVolumes: true })));
  const kafkaPort = await getPort({ host: '127.0.0.1' });
  const [postgres] = await bothStarted(adopt(startPostgresContainer()), adopt(startKafkaContainer(kafkaPort)));
  const owned = started.move();
  return {
    kafkaBootstrapServers: `127.0.0.1:${kafkaPort}`,
    warehouseUrl: `postgresql://postgres:${password}@127.0.0.1:${postgres.getMappedPort(5432)}/postgres`,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function startPostgresContainer(): Promise<StartedTestContainer> {
  const { GenericContainer, Wait } = await import('testcontainers');
  return (
    new GenericContainer(postgresImage)
      .withEnvironment({ POSTGRES_PASSWORD: password })
      .withCommand(['postgres', '-c', 'fsync=off', '-c', 'timezone=UTC', '-c', 'max_connections=200'])
      .withTmpFs({ '/var/lib/postgresql/data': 'size=4g' })
      .withExposedPorts(5432)
      // The image starts a server twice: the first one only sets the database up.
      .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2))
      .withStartupTimeout(startTimeoutMs)
      .start()
  );
}

/** A client goes on with the address that the broker tells, so the port on the host is chosen before. */
async function startKafkaContainer(port: number): Promise<StartedTestContainer> {
  const { GenericContainer, Wait } = await import('testcontainers');
  return (
    new GenericContainer(kafkaImage)
      .withEnvironment({
        CLUSTER_ID: 'R2xvYmFsU2FsZXNQdWxzZQ',
        KAFKA_NODE_ID: '1',
        KAFKA_PROCESS_ROLES: 'broker,controller',
        KAFKA_CONTROLLER_QUORUM_VOTERS: '1@127.0.0.1:9093',
        KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
        KAFKA_INTER_BROKER_LISTENER_NAME: 'HOST',
        KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'HOST:PLAINTEXT,CONTROLLER:PLAINTEXT',
        KAFKA_LISTENERS: `HOST://:${port},CONTROLLER://127.0.0.1:9093`,
        KAFKA_ADVERTISED_LISTENERS: `HOST://127.0.0.1:${port}`,
        KAFKA_LOG_DIRS: '/var/lib/kafka/data',
        KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
        KAFKA_DEFAULT_REPLICATION_FACTOR: '1',
        KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
        KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '1',
        KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
        KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
        KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS: '1',
        KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: '1',
        KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: '1',
        KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
        KAFKA_HEAP_OPTS: '-Xms256m -Xmx512m',
      })
      // The image writes its configuration as its user 1000, in whose hands not every engine leaves these folders.
      .withTmpFs({
        '/opt/kafka/config': 'uid=1000,gid=1000',
        '/opt/kafka/logs': 'uid=1000,gid=1000',
        '/var/lib/kafka/data': 'uid=1000,gid=1000,size=2g',
      })
      .withBindMounts([{ source: kafkaSettings, target: '/mnt/shared/config', mode: 'ro' }])
      .withExposedPorts({ container: port, host: port })
      .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
      .withStartupTimeout(startTimeoutMs)
      .start()
  );
}
