import { env } from 'node:process';

import type { Services } from './services.ts';

/** The Kafka and the PostgreSQL that the environment names; they stay as they are. */
export async function givenServices(): Promise<Services> {
  return {
    kafkaBootstrapServers: required('TEST_KAFKA_BOOTSTRAP_SERVERS'),
    warehouseUrl: required('TEST_WAREHOUSE_URL'),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function required(name: string): string {
  const value = env[name];
  if (value === undefined || value === '') {
    throw new Error(`${name} is not set: TEST_SERVICES=environment needs it and TEST_WAREHOUSE_URL, a superuser's URL`);
  }
  return value;
}
