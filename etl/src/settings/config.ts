import { currencyExponent, deadLetterTopic } from '@pulse/contract';
import { kafkaAddress, kafkaAddressIsOne, kafkaBrokers, logLevels, readConfig } from '@pulse/runtime';
import * as z from 'zod';

import { failpoints, parseFailpoint } from '../failures/failpoint.ts';
import { unverifiedTaxPolicies } from './unverified-tax.ts';

const port = z.coerce.number().int().min(1).max(65_535);
const count = z.coerce.number().int().min(1);
const seconds = z.coerce.number().min(0);

const dayMs = 86_400_000;

const schema = z.object({
  ...kafkaAddress,
  KAFKA_TOPIC_TRANSACTIONS: z.string().default('transactions'),
  KAFKA_TOPIC_DEAD_LETTERS: z.string().optional(),
  KAFKA_TOPIC_PARTITIONS: count.max(1000).default(3),
  KAFKA_TOPIC_RETENTION_DAYS: z.coerce.number().positive().default(7),
  KAFKA_ALLOW_COMPACTION: z.enum(['true', 'false']).default('false'),
  ETL_SCHEDULE_SECONDS: z.coerce.number().int().min(1).max(86_400, 'expected at most 86400').default(30),
  KAFKA_CONSUMER_GROUP: z.string().default('etl-consumer'),
  KAFKA_WAIT_SECONDS: seconds.default(25),
  WAREHOUSE_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'expected postgresql://…' }).optional(),
  WAREHOUSE_DB_HOST: z.string().default('127.0.0.1'),
  WAREHOUSE_DB_PORT: port.default(5433),
  WAREHOUSE_DB_NAME: z.string().default('warehouse'),
  WAREHOUSE_ETL_USER: z.string().default('etl'),
  WAREHOUSE_ETL_PASSWORD: z.string().default('etl'),
  WAREHOUSE_WAIT_SECONDS: seconds.default(15),
  WAREHOUSE_LOCK_TIMEOUT_SECONDS: seconds.default(30),
  WAREHOUSE_LOAD_TIMEOUT_SECONDS: z.coerce.number().positive().max(86_400, 'expected at most 86400').default(600),
  ETL_STAGING_DIR: z.string().default('.local/staging'),
  // Its table of order ids takes 9 bytes a message: 10 million are 90 MB.
  ETL_BATCH_MAX_MESSAGES: count.max(10_000_000, 'expected at most 10000000').default(1_000_000),
  ETL_MESSAGE_MAX_BYTES: count.default(65_536),
  ETL_EVENT_FUTURE_MAX_SECONDS: seconds.default(86_400),
  ETL_EVENT_AGE_MAX_DAYS: z.coerce.number().positive().default(3650),
  ETL_BASE_CURRENCY: z
    .string()
    .refine((code) => currencyExponent(code) !== undefined, 'expected an ISO 4217 code with minor units, as USD')
    .default('USD'),
  ETL_CURRENCY_GRACE_DAYS: z.coerce.number().int().min(0).default(30),
  ETL_EXCHANGE_RATE_AGE_MAX_DAYS: count.default(10),
  ETL_EXCHANGE_ROUNDING: z.enum(['half_even', 'half_up']).default('half_even'),
  ETL_TAX_UNVERIFIED: z.enum(unverifiedTaxPolicies).default('accept'),
  ETL_REJECT_SHARE_MAX: z.coerce.number().min(0).max(1, 'expected a ratio from 0 to 1, as 0.2').optional(),
  ETL_REJECT_COUNT_MIN: count.default(100),
  ETL_FAILPOINT: z
    .string()
    .transform((text, context) => {
      const failpoint = parseFailpoint(text);
      if (failpoint !== undefined) return failpoint;
      context.addIssue(`expected NAME, NAME#3 or NAME=hang, with one of ${failpoints.join(', ')}`);
      return z.NEVER;
    })
    .optional(),
  ETL_STAGING_KEPT_HOURS: z.coerce.number().min(1).default(24),
  ETL_REJECTED_RAW_KEPT_DAYS: count.default(90),
  ETL_LEDGER_DETAIL_KEPT_DAYS: count.default(400),
  AIRFLOW_DAG_ID: z.string().optional(),
  AIRFLOW_RUN_ID: z.string().optional(),
  CODE_VERSION: z.string().default('development'),
  LOG_LEVEL: z.enum(logLevels).default('info'),
});

/** Every variable that the command reads. */
export const variableNames: readonly string[] = Object.keys(schema.shape);

/** Everything the environment decides, read once. Units stand in the names. */
export type Config = ReturnType<typeof createConfig>;

/** @throws ConfigError naming each variable that is wrong. */
export function createConfig(environment: Readonly<Record<string, string | undefined>>) {
  const env = readConfig(schema.superRefine(kafkaAddressIsOne), environment);
  return {
    logLevel: env.LOG_LEVEL,
    codeVersion: env.CODE_VERSION,
    airflow: { dagId: env.AIRFLOW_DAG_ID, runId: env.AIRFLOW_RUN_ID },
    kafka: {
      brokers: kafkaBrokers(env),
      topic: env.KAFKA_TOPIC_TRANSACTIONS,
      deadLetterTopic: env.KAFKA_TOPIC_DEAD_LETTERS ?? deadLetterTopic(env.KAFKA_TOPIC_TRANSACTIONS),
      topicPartitions: env.KAFKA_TOPIC_PARTITIONS,
      topicRetentionDays: env.KAFKA_TOPIC_RETENTION_DAYS,
      scheduleSeconds: env.ETL_SCHEDULE_SECONDS,
      allowCompaction: env.KAFKA_ALLOW_COMPACTION === 'true',
      consumerGroup: env.KAFKA_CONSUMER_GROUP,
      waitMaxMs: env.KAFKA_WAIT_SECONDS * 1000,
    },
    warehouse: {
      connectionString: env.WAREHOUSE_DATABASE_URL,
      host: env.WAREHOUSE_DB_HOST,
      port: env.WAREHOUSE_DB_PORT,
      database: env.WAREHOUSE_DB_NAME,
      user: env.WAREHOUSE_ETL_USER,
      password: env.WAREHOUSE_ETL_PASSWORD,
      waitMaxMs: env.WAREHOUSE_WAIT_SECONDS * 1000,
      lockTimeoutMs: env.WAREHOUSE_LOCK_TIMEOUT_SECONDS * 1000,
      loadTimeoutMs: env.WAREHOUSE_LOAD_TIMEOUT_SECONDS * 1000,
    },
    stagingDir: env.ETL_STAGING_DIR,
    batchSizeMax: env.ETL_BATCH_MAX_MESSAGES,
    rejectLimit:
      env.ETL_REJECT_SHARE_MAX === undefined
        ? undefined
        : { ratioMax: env.ETL_REJECT_SHARE_MAX, countMin: env.ETL_REJECT_COUNT_MIN },
    failpoint: env.ETL_FAILPOINT,
    maintenance: {
      stagingKeptMs: env.ETL_STAGING_KEPT_HOURS * 3_600_000,
      rawKeptMs: env.ETL_REJECTED_RAW_KEPT_DAYS * dayMs,
      ledgerDetailKeptMs: env.ETL_LEDGER_DETAIL_KEPT_DAYS * dayMs,
    },
    rules: {
      baseCurrency: env.ETL_BASE_CURRENCY,
      messageMaxBytes: env.ETL_MESSAGE_MAX_BYTES,
      eventFutureMaxMs: env.ETL_EVENT_FUTURE_MAX_SECONDS * 1000,
      eventAgeMaxMs: env.ETL_EVENT_AGE_MAX_DAYS * 86_400_000,
      currencyGraceDays: env.ETL_CURRENCY_GRACE_DAYS,
      exchangeRateAgeMaxDays: env.ETL_EXCHANGE_RATE_AGE_MAX_DAYS,
      exchangeRounding: env.ETL_EXCHANGE_ROUNDING,
      unverifiedTax: env.ETL_TAX_UNVERIFIED,
    },
  };
}
