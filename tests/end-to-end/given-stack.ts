import { env } from 'node:process';

import { topics } from '@pulse/contract';
import { readConfig } from '@pulse/runtime';
import * as z from 'zod';

import type { StackAddresses } from './stack-addresses.ts';

const environment = z.object({
  TEST_AIRFLOW_URL: z.url(),
  TEST_KAFKA_BOOTSTRAP_SERVERS: z.string(),
  TEST_WAREHOUSE_URL: z.url(),
  TEST_ETL_SCHEDULE_SECONDS: z.coerce.number().int().positive().default(10),
  AIRFLOW_ADMIN_USER: z.string().default('admin'),
  AIRFLOW_ADMIN_PASSWORD: z.string().default('admin'),
  KAFKA_TOPIC_TRANSACTIONS: z.string().default(topics.transactions),
});

/** The stack that the environment names, as in docker-compose.test.yaml; undefined if it names none. */
export function givenStack(): StackAddresses | undefined {
  if (env['TEST_AIRFLOW_URL'] === undefined) return undefined;
  const given = readConfig(environment, env);
  return {
    airflowUrl: given.TEST_AIRFLOW_URL,
    airflowUser: given.AIRFLOW_ADMIN_USER,
    airflowPassword: given.AIRFLOW_ADMIN_PASSWORD,
    kafkaBootstrapServers: given.TEST_KAFKA_BOOTSTRAP_SERVERS,
    transactionsTopic: given.KAFKA_TOPIC_TRANSACTIONS,
    warehouseUrl: given.TEST_WAREHOUSE_URL,
    scheduleSeconds: given.TEST_ETL_SCHEDULE_SECONDS,
  };
}
