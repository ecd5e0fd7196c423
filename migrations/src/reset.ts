import type { Logger } from '@pulse/runtime';
import type { Client } from 'pg';

import { migrationsTable } from './migration-files.ts';
import { holdingMigratorLock } from './migrator-lock.ts';
import { inTransaction } from './transaction.ts';

/** Drops every table of the warehouse with its rows, and the record of migrations. Roles stay; `up` makes the rest again. */
export async function dropEverything(client: Client, logger: Logger): Promise<void> {
  await holdingMigratorLock(client, () =>
    inTransaction(client, async () => {
      await client.query('drop schema if exists public cascade');
      await client.query(`drop schema if exists ${migrationsTable.migrationsSchema} cascade`);
      await client.query('create schema public');
    }),
  );
  logger.warn('everything in the warehouse dropped');
}
