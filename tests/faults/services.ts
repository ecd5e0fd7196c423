import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startKafka, startPostgres, type KafkaServer, type PostgresServer } from '@pulse/local';
import { execa } from 'execa';
import getPort from 'get-port';

import { openBrokerProxy, type BrokerProxy } from './broker-proxy.ts';
import type { Command } from './run-program.ts';
import { findSmallDisk, type SmallDisk } from './small-disk.ts';

/** The programs under test, and the broker and the database that this suite starts and breaks. */
export interface Services extends AsyncDisposable {
  readonly etl: Command;
  readonly migrate: Command;
  readonly folder: string;
  readonly kafkaServer: KafkaServer;
  /** The etl command reaches the broker through it; the driver connects directly. */
  readonly brokerProxy: BrokerProxy;
  /** Undefined on a machine that does not allow such mounts. */
  readonly smallDisk: SmallDisk | undefined;
  readonly postgres: PostgresServer;
}

const root = join(import.meta.dirname, '../..');

/** Bundles the programs as their images do, and starts a broker and a PostgreSQL with fsync. */
export async function startServices(): Promise<Services> {
  await using opening = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'pulse-faults-'));
  opening.defer(() => rm(folder, { recursive: true, force: true }));
  const bundle = async (source: string, name: string): Promise<string> => {
    const file = join(folder, name);
    await execa(process.execPath, ['build/bundle.ts', join(source, 'src/main.ts'), file], { cwd: root });
    return file;
  };
  const [, migrateFile] = await Promise.all([
    bundle('etl', 'etl.cjs').then((file) => execa(process.execPath, ['build/snapshot.ts', file], { cwd: root })),
    bundle('migrations', 'migrate.mjs'),
  ]);
  const etl: Command = [join(folder, 'etl')];
  const migrate: Command = [process.execPath, migrateFile];
  await cp(join(root, 'migrations/sql'), join(folder, 'sql'), { recursive: true });
  const proxiedPort = await getPort({ host: '127.0.0.1' });
  const brokerProxy = opening.use(await openBrokerProxy(proxiedPort));
  const kafkaServer = opening.use(
    await startKafka({
      behindProxy: { port: proxiedPort, proxyPort: brokerProxy.network.port },
      properties: { 'offsets.topic.num.partitions': '1' },
    }),
  );
  // With fsync off, a crash could lose what the server has acknowledged: that would be no bug of the pipeline.
  const postgres = opening.use(await startPostgres({ settings: { max_connections: '100' } }));
  const smallDisk = await findSmallDisk(folder);
  const opened = opening.move();
  return {
    etl,
    migrate,
    folder,
    kafkaServer,
    brokerProxy,
    smallDisk,
    postgres,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
