import { logLevels } from '@pulse/runtime';
import * as z from 'zod';

import { environments } from '../schema/warehouse-state.ts';

const port = z.coerce.number().int().min(1).max(65_535);

/** PostgreSQL cuts longer names, and reserves those that begin with pg_. */
const roleName = z
  .string()
  .min(1)
  .max(63)
  .regex(/^(?!pg_)/, 'a role name must not begin with pg_');

/** The migrator's environment variables. WAREHOUSE_DATABASE_URL, if set, overrides the five parts of an address. */
export const migratorConfig = z
  .object({
    WAREHOUSE_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'expected a postgresql:// URL' }).optional(),
    WAREHOUSE_DB_HOST: z.string().default('127.0.0.1'),
    WAREHOUSE_DB_PORT: port.default(5433),
    WAREHOUSE_DB_NAME: z.string().default('warehouse'),
    WAREHOUSE_DB_USER: z.string().default('warehouse'),
    WAREHOUSE_DB_PASSWORD: z.string().default('warehouse'),
    WAREHOUSE_ETL_USER: roleName.default('etl'),
    WAREHOUSE_ETL_PASSWORD: z.string().default('etl'),
    WAREHOUSE_READER_USER: roleName.default('grafana_reader'),
    WAREHOUSE_READER_PASSWORD: z.string().default('grafana_reader'),
    WAREHOUSE_WAIT_SECONDS: z.coerce.number().min(0).max(3600).default(60),
    WAREHOUSE_SEED: z.enum(['none', 'sample']).default('none'),
    ETL_SCHEDULE_SECONDS: z.coerce.number().int().min(1).max(86_400).optional(),
    STACK_ENVIRONMENT: z.enum(environments).optional(),
    CODE_VERSION: z.string().default('development'),
    LOG_LEVEL: z.enum(logLevels).default('info'),
  })
  .refine((config) => config.STACK_ENVIRONMENT !== 'production' || config.WAREHOUSE_SEED === 'none', {
    path: ['WAREHOUSE_SEED'],
    message: 'expected none: production takes no sample rate',
  })
  .refine((config) => config.WAREHOUSE_ETL_USER !== config.WAREHOUSE_READER_USER, {
    path: ['WAREHOUSE_READER_USER'],
    message: 'expected another role than WAREHOUSE_ETL_USER',
  })
  .refine((config) => ![config.WAREHOUSE_ETL_USER, config.WAREHOUSE_READER_USER].includes(ownerName(config)), {
    path: ['WAREHOUSE_DB_USER'],
    message: 'expected another role than WAREHOUSE_ETL_USER and WAREHOUSE_READER_USER: it owns the tables',
  });

export type MigratorConfig = z.output<typeof migratorConfig>;

/** A role that the migrator creates and maintains: its name and its password. */
export interface RoleLogin {
  readonly name: string;
  readonly password: string;
}

/** The two roles that use the warehouse without owning it. */
export interface Roles {
  /** Reads and writes rows. */
  readonly etl: RoleLogin;
  /** Reads rows. */
  readonly reader: RoleLogin;
}

/** The roles of a config. */
export function rolesOf(config: MigratorConfig): Roles {
  return {
    etl: { name: config.WAREHOUSE_ETL_USER, password: config.WAREHOUSE_ETL_PASSWORD },
    reader: { name: config.WAREHOUSE_READER_USER, password: config.WAREHOUSE_READER_PASSWORD },
  };
}

function ownerName(config: {
  readonly WAREHOUSE_DATABASE_URL?: string | undefined;
  readonly WAREHOUSE_DB_USER: string;
}): string {
  if (config.WAREHOUSE_DATABASE_URL === undefined) return config.WAREHOUSE_DB_USER;
  return decodeURIComponent(new URL(config.WAREHOUSE_DATABASE_URL).username);
}
