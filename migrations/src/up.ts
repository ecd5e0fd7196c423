import type { Logger } from '@pulse/runtime';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import type { Client } from 'pg';

import { applyComments } from './apply-comments.ts';
import { checkWarehouse } from './check.ts';
import type { Roles } from './config.ts';
import { grantRoles } from './grant-roles.ts';
import { migrationsFolder, migrationsTable } from './migration-files.ts';
import { holdingMigratorLock } from './migrator-lock.ts';
import { seedSampleRates } from './seed-sample-rates.ts';
import { storeSchedule } from './store-schedule.ts';
import { inTransaction } from './transaction.ts';

export interface UpOptions {
  /** A connection of the role that owns the warehouse, or is to own it. */
  readonly client: Client;
  readonly roles: Roles;
  /** 'sample' adds made-up exchange rates, for development and tests. */
  readonly seed: 'none' | 'sample';
  /** Seconds between two scheduled batches; without it what is stored stays. */
  readonly scheduleSeconds?: number | undefined;
  readonly logger: Logger;
}

/**
 * Brings a warehouse up to this version: tables, comments, roles and grants, reference data. Safe to repeat, to run
 * twice at once and to kill: each part is one transaction.
 * @returns what still differs from this version, one line each; empty when the warehouse is fit for use.
 */
export async function up(options: UpOptions): Promise<readonly string[]> {
  return holdingMigratorLock(options.client, () => applyAll(options));
}

async function applyAll({ client, roles, seed, scheduleSeconds, logger }: UpOptions): Promise<readonly string[]> {
  await migrate(drizzle(client), { migrationsFolder, ...migrationsTable });
  logger.info('migrations applied');
  await inTransaction(client, () => applyComments(client));
  await grantRoles(client, roles);
  logger.info({ etl: roles.etl.name, reader: roles.reader.name }, 'roles granted');
  if (seed === 'sample') {
    const changedCount = await seedSampleRates(client);
    logger.info({ changedCount }, 'sample exchange rates extended');
  }
  if (scheduleSeconds !== undefined) await storeSchedule(client, scheduleSeconds);
  return checkWarehouse(client, roles);
}
