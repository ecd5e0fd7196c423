export { makeClassArchive } from './kafka/archive.ts';
export { installKafkaJars } from './kafka/jars.ts';
export { kafkaAnswers, startKafka, type KafkaOptions, type KafkaServer } from './kafka/server.ts';
export {
  ensureDatabase,
  startPostgres,
  withClient,
  type PostgresOptions,
  type PostgresServer,
  type ShutdownMode,
} from './postgres/server.ts';
