import { ConfigError, type Logger } from '@pulse/runtime';
import type { Client } from 'pg';

import { environmentOf, nameOf } from './environment.ts';
import { migrationsTable } from './migration-files.ts';
import { holdingMigratorLock } from './migrator-lock.ts';
import { inTransaction } from './transaction.ts';

/**
 * Drops every table of the warehouse with its rows, and the record of migrations. Roles stay; `up` makes the tables again.
 * @throws ConfigError for a warehouse of production.
 */
export async function dropEverything(client: Client, logger: Logger): Promise<void> {
  await holdingMigratorLock(client, () =>
    inTransaction(client, async () => {
      if ((await environmentOf(client)) === 'production') {
        throw new ConfigError(
          `${nameOf(client)} is for production: nothing was dropped. A backup takes its place with make restore; to begin ` +
            'from nothing, remove its volume after make prod-down',
        );
      }
      await dropSchemas(client);
    }),
  );
  logger.warn('everything in the warehouse dropped');
}

/** Replaces the schema by an empty one, in the caller's transaction. */
export async function dropSchemas(client: Client): Promise<void> {
  await client.query('drop schema if exists public cascade');
  await client.query(`drop schema if exists ${migrationsTable.migrationsSchema} cascade`);
  await client.query('create schema public');
}
