import { startKafka, startPostgres } from '@pulse/local';

import { bothStarted } from './both-started.ts';
import type { Services } from './services.ts';

/** A broker and a server as processes of this run, on free ports, their data thrown away at the end. */
export async function startEmbedded(): Promise<Services> {
  await using started = new AsyncDisposableStack();
  const [kafka, postgres] = await bothStarted(
    startKafka({ properties: brokerProperties }).then((server) => started.use(server)),
    startPostgres({ settings: { fsync: 'off', max_connections: '200' } }).then((server) => started.use(server)),
  );
  const owned = started.move();
  return {
    kafkaBootstrapServers: kafka.bootstrapServers,
    warehouseUrl: postgres.url(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Fewer internal partitions: the first group and the first transaction come up sooner. */
const brokerProperties = { 'offsets.topic.num.partitions': '1', 'transaction.state.log.num.partitions': '1' };
