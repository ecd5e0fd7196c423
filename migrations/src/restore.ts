import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { ConfigError, type Logger } from '@pulse/runtime';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

import type { Environment } from '../schema/warehouse-state.ts';
import { readBackupFile, type BackupHeader, type BackupTable, type Frame } from './backup-file.ts';
import { environmentOf, otherEnvironmentMessage, requireEnvironment } from './environment.ts';
import { appliedHashes, applyMigration, knownMigrations } from './migration-files.ts';
import { holdingMigratorLock } from './migrator-lock.ts';
import { newerBackupMessage } from './release.ts';
import { dropSchemas } from './reset.ts';
import { inTransaction } from './transaction.ts';

/**
 * Replaces the warehouse by a backup, in one transaction: after any error the warehouse is unchanged. The tables are made as in
 * the backup, filled, and migrated to this release.
 * @throws ConfigError for an incomplete backup, one of a newer release, or one of another environment.
 * @returns the number of rows.
 */
export async function restore(client: Client, file: string, options: RestoreOptions): Promise<number> {
  const rowCount = await holdingMigratorLock(client, () =>
    inTransaction(client, () => replaceWarehouse(client, file, options)),
  );
  options.logger.info({ file, rows: rowCount }, 'backup restored');
  return rowCount;
}

export interface RestoreOptions {
  /** The environment of an empty warehouse: a backup of another environment is refused. */
  readonly environment: Environment | undefined;
  readonly logger: Logger;
}

async function replaceWarehouse(client: Client, file: string, { environment }: RestoreOptions): Promise<number> {
  await requireEnvironment(client, environment);
  const frames = readBackupFile(file);
  const first = await frames.next();
  if (first.done === true || first.value.kind !== 'header') throw new ConfigError(`${file} has no header`);
  const { header } = first.value;
  requireKnownMigrations(header, file);
  const wanted = (await environmentOf(client)) ?? environment;
  const stateVersion = await stateVersionOf(client);
  await makeTablesOf(client, new Set(header.migrations));
  await truncateAll(client);
  const counts = await copyTables(client, frames);
  await setSequences(client, header);
  await requireRestored(client, file, wanted);
  await applyMissing(client);
  // A number that a running step has seen must not mean another state.
  await client.query('update warehouse_state set state_version = greatest(state_version, $1) + 1', [stateVersion]);
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function requireKnownMigrations({ migrations, release }: BackupHeader, file: string): void {
  const known = new Set(knownMigrations().map(({ hash }) => hash));
  const unknown = migrations.filter((hash) => !known.has(hash));
  if (unknown.length === 0) return;
  throw new ConfigError(
    newerBackupMessage(file, release ?? { codeVersion: null, lastMigration: null }, unknown.length),
  );
}

async function stateVersionOf(client: Client): Promise<string> {
  const { rows: found } = await client.query<{ exists: boolean }>(
    `select to_regclass('public.warehouse_state') is not null as exists`,
  );
  if (found[0]?.exists !== true) return '0';
  const { rows } = await client.query<{ version: string }>('select state_version as version from warehouse_state');
  return rows[0]?.version ?? '0';
}

/** Drops everything, and applies the migrations of the backup's tables. */
async function makeTablesOf(client: Client, hashes: ReadonlySet<string>): Promise<void> {
  await dropSchemas(client);
  for (const migration of knownMigrations()) {
    if (hashes.has(migration.hash)) await applyMigration(client, migration);
  }
}

async function applyMissing(client: Client): Promise<void> {
  const applied = await appliedHashes(client);
  for (const migration of knownMigrations()) {
    if (!applied.has(migration.hash)) await applyMigration(client, migration);
  }
}

/** @throws ConfigError if the restored data have another environment than those that they replace. */
async function requireRestored(client: Client, file: string, wanted: Environment | undefined): Promise<void> {
  const restored = await environmentOf(client);
  if (restored === undefined || wanted === undefined || restored === wanted) return;
  throw new ConfigError(otherEnvironmentMessage(file, restored, wanted));
}

async function truncateAll(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public'`,
  );
  await client.query(`truncate ${rows.map(({ name }) => client.escapeIdentifier(name)).join(', ')}`);
}

/** @throws ConfigError if a table does not have the number of rows in the backup's trailer. */
async function copyTables(client: Client, frames: AsyncGenerator<Frame, void>): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  let next = await frames.next();
  while (next.done !== true && next.value.kind === 'table') {
    const { table } = next.value;
    const pieces = new TableRows(frames);
    counts[table.name] = await copyTable(client, table, pieces);
    next = pieces.behind;
  }
  const trailer = next.done !== true && next.value.kind === 'trailer' ? next.value.trailer : undefined;
  for (const [name, expected] of Object.entries(trailer?.rowCounts ?? {})) {
    if (counts[name] !== expected) throw new ConfigError(`table ${name}: ${counts[name] ?? 0} of ${expected} rows`);
  }
  // Reading to the end detects a file that was cut short.
  if (trailer === undefined || (await frames.next()).done !== true) throw new ConfigError('the backup has no end');
  return counts;
}

async function copyTable(client: Client, { name, columns }: BackupTable, pieces: TableRows): Promise<number> {
  const names = columns.map((column) => client.escapeIdentifier(column)).join(', ');
  const stream = client.query(copyFrom(`copy ${client.escapeIdentifier(name)} (${names}) from stdin`));
  await pipeline(Readable.from(pieces.read()), stream);
  return stream.rowCount;
}

/** The rows of one table, up to the next other frame. */
class TableRows {
  readonly #frames: AsyncGenerator<Frame, void>;
  behind: IteratorResult<Frame, void> = { done: true, value: undefined };

  constructor(frames: AsyncGenerator<Frame, void>) {
    this.#frames = frames;
  }

  async *read(): AsyncGenerator<Buffer, void> {
    for (;;) {
      const next = await this.#frames.next();
      if (next.done === true || next.value.kind !== 'rows') {
        this.behind = next;
        return;
      }
      yield next.value.bytes;
    }
  }
}

async function setSequences(client: Client, { sequences }: BackupHeader): Promise<void> {
  for (const [name, value] of Object.entries(sequences)) {
    await client.query('select setval($1::regclass, $2::bigint, $3)', [
      client.escapeIdentifier(name),
      value ?? '1',
      value !== null,
    ]);
  }
}
