import { ConfigError, type Logger } from '@pulse/runtime';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import type { Client } from 'pg';

import type { Environment } from '../schema/warehouse-state.ts';
import { applyComments } from './apply-comments.ts';
import { checkWarehouse } from './check.ts';
import type { Roles } from './config.ts';
import { nameOf, requireEnvironment, settleEnvironment } from './environment.ts';
import { grantRoles } from './grant-roles.ts';
import { migrationsFolder, migrationsTable } from './migration-files.ts';
import { holdingMigratorLock } from './migrator-lock.ts';
import { recordRelease } from './release.ts';
import { seedSampleRates } from './seed-sample-rates.ts';
import { storeSchedule } from './store-schedule.ts';
import { inTransaction } from './transaction.ts';

export interface UpOptions {
  /** A connection of the role that owns the warehouse, or will own it. */
  readonly client: Client;
  readonly roles: Roles;
  /** 'sample' adds made-up exchange rates, for development and tests. */
  readonly seed: 'none' | 'sample';
  /** Seconds between two scheduled batches; without it the stored value stays. */
  readonly scheduleSeconds?: number | undefined;
  /** The environment. By default it does not change, and an empty warehouse becomes one for development. */
  readonly environment?: Environment | undefined;
  /** CODE_VERSION, recorded in the warehouse. */
  readonly codeVersion?: string;
  readonly logger: Logger;
}

/**
 * Brings a warehouse up to this version: tables, comments, roles and grants, reference data. Safe to repeat, to run
 * twice at once and to kill: each part is one transaction.
 * @throws ConfigError for a warehouse of another environment, before anything is changed.
 * @returns the remaining differences from this version, one line each; empty if the warehouse is ready.
 */
export async function up(options: UpOptions): Promise<readonly string[]> {
  return holdingMigratorLock(options.client, () => applyAll(options));
}

async function applyAll(options: UpOptions): Promise<readonly string[]> {
  const { client, roles, seed, scheduleSeconds, logger } = options;
  await requireEnvironment(client, options.environment);
  await applyMigrations(client);
  logger.info('migrations applied');
  await inTransaction(client, () => applyComments(client));
  await grantRoles(client, roles);
  logger.info({ etl: roles.etl.name, reader: roles.reader.name }, 'roles granted');
  const environment = await settleEnvironment(client, options.environment);
  await recordRelease(client, options.codeVersion ?? 'development');
  if (seed === 'sample') {
    if (environment === 'production') {
      throw new ConfigError(`${nameOf(client)} is for production, which takes no sample rate: set WAREHOUSE_SEED=none`);
    }
    const changedCount = await seedSampleRates(client);
    logger.info({ changedCount }, 'sample exchange rates extended');
  }
  if (scheduleSeconds !== undefined) await storeSchedule(client, scheduleSeconds);
  return checkWarehouse(client, roles);
}

/** Applies the missing migrations, in one transaction. */
export async function applyMigrations(client: Client): Promise<void> {
  await migrate(drizzle(client), { migrationsFolder, ...migrationsTable });
}
