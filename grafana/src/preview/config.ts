import { logLevels } from '@pulse/runtime';
import * as z from 'zod';

const port = z.coerce.number().int().min(1).max(65_535);

/** The preview server's environment variables. */
export const previewConfig = z.object({
  GRAFANA_PORT: port.default(3000),
  WAREHOUSE_DB_HOST: z.string().default('127.0.0.1'),
  WAREHOUSE_DB_PORT: port.default(5433),
  WAREHOUSE_DB_NAME: z.string().default('warehouse'),
  WAREHOUSE_READER_USER: z.string().default('grafana_reader'),
  WAREHOUSE_READER_PASSWORD: z.string().default('grafana_reader'),
  AIRFLOW_PORT: port.default(8080),
  /** Address that people type; empty: this machine. */
  AIRFLOW_BASE_URL: z.union([z.literal(''), z.url()]).default(''),
  LOG_LEVEL: z.enum(logLevels).default('info'),
});
