import { startKafka, startPostgres } from '@pulse/local';

import { cpuMeterOf, noCpuMeter, type CpuMeter } from '../measure/server-cpu.ts';

/** A real Kafka and a real PostgreSQL. Own ones end when they are disposed of; given ones keep running. */
export interface Services extends AsyncDisposable {
  readonly origin: 'own' | 'given';
  readonly kafkaBootstrapServers: string;
  /** A superuser's URL. */
  readonly warehouseUrl: string;
  readonly kafkaCpu: CpuMeter;
  readonly postgresCpu: CpuMeter;
}

/** The settings of docker-compose.yaml; all others, such as fsync and synchronous_commit, are PostgreSQL's defaults. */
const postgresSettings = {
  shared_buffers: '512MB',
  effective_cache_size: '1536MB',
  maintenance_work_mem: '256MB',
  work_mem: '16MB',
  max_wal_size: '4GB',
  min_wal_size: '1GB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
};

/** Fewer internal partitions, so that the consumer group is ready at once. */
const kafkaProperties = { 'offsets.topic.num.partitions': '1' };

/** Starts both as processes of this run, on free ports, with temporary data. */
export async function startOwnServices(): Promise<Services> {
  await using starting = new AsyncDisposableStack();
  const [kafka, postgres] = await Promise.all([
    startKafka({ properties: kafkaProperties }).then((server) => starting.use(server)),
    startPostgres({ settings: postgresSettings }).then((server) => starting.use(server)),
  ]);
  const owned = starting.move();
  return {
    origin: 'own',
    kafkaBootstrapServers: kafka.bootstrapServers,
    warehouseUrl: postgres.url(),
    kafkaCpu: cpuMeterOf(kafka.pid),
    postgresCpu: cpuMeterOf(postgres.pid),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** A PostgreSQL for benchmarks without Kafka. */
export interface OwnWarehouse extends AsyncDisposable {
  /** A superuser's URL. */
  readonly url: string;
  readonly cpu: CpuMeter;
}

/** Starts only PostgreSQL, on a free port, with temporary data. */
export async function startOwnWarehouse(): Promise<OwnWarehouse> {
  const postgres = await startPostgres({ settings: postgresSettings });
  return {
    url: postgres.url(),
    cpu: cpuMeterOf(postgres.pid),
    [Symbol.asyncDispose]: () => postgres[Symbol.asyncDispose](),
  };
}

/** Uses running services. Their CPU time can not be measured. */
export function givenServices(kafkaBootstrapServers: string, warehouseUrl: string): Services {
  return {
    origin: 'given',
    kafkaBootstrapServers,
    warehouseUrl,
    kafkaCpu: noCpuMeter,
    postgresCpu: noCpuMeter,
    [Symbol.asyncDispose]: async () => undefined,
  };
}
