import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { ConfigError, type Logger } from '@pulse/runtime';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

import { readBackupFile, type BackupHeader, type BackupTable, type Frame } from './backup-file.ts';
import { appliedHashes } from './migration-files.ts';
import { holdingMigratorLock } from './migrator-lock.ts';
import { inTransaction } from './transaction.ts';

/**
 * Puts every row of a backup in the place of every row of the warehouse, in one transaction: whatever goes wrong, the
 * warehouse stays as it was. Its tables have to be those of the backup.
 * @throws ConfigError for a file that is no whole backup, or one of another version's tables.
 * @returns the number of rows.
 */
export async function restore(client: Client, file: string, logger: Logger): Promise<number> {
  const rowCount = await holdingMigratorLock(client, () => inTransaction(client, () => replaceRows(client, file)));
  logger.info({ file, rows: rowCount }, 'backup restored');
  return rowCount;
}

async function replaceRows(client: Client, file: string): Promise<number> {
  const frames = readBackupFile(file);
  const first = await frames.next();
  if (first.done === true || first.value.kind !== 'header') throw new ConfigError(`${file} has no header`);
  const { header } = first.value;
  await requireSameTables(client, header, file);
  const before = await client.query<{ version: string }>('select state_version as version from warehouse_state');
  await truncateAll(client);
  const counts = await copyTables(client, frames);
  await setSequences(client, header);
  // No number that a step under way has seen may stand for another state.
  await client.query('update warehouse_state set state_version = greatest(state_version, $1) + 1', [
    before.rows[0]?.version ?? '0',
  ]);
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

async function requireSameTables(client: Client, { migrations }: BackupHeader, file: string): Promise<void> {
  const applied = await appliedHashes(client);
  const isSame = applied.size === migrations.length && migrations.every((hash) => applied.has(hash));
  if (isSame) return;
  throw new ConfigError(
    `${file} was made with ${migrations.length} migrations applied, others than the ${applied.size} of this warehouse: ` +
      'restore it with the version that made it, then bring the warehouse up to date with make db-migrate',
  );
}

async function truncateAll(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public'`,
  );
  await client.query(`truncate ${rows.map(({ name }) => client.escapeIdentifier(name)).join(', ')}`);
}

/** @throws ConfigError where a table has not as many rows as the backup says. */
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
  // Reading on to the end shows a file that was cut short.
  if (trailer === undefined || (await frames.next()).done !== true) throw new ConfigError('the backup has no end');
  return counts;
}

async function copyTable(client: Client, { name, columns }: BackupTable, pieces: TableRows): Promise<number> {
  const names = columns.map((column) => client.escapeIdentifier(column)).join(', ');
  const stream = client.query(copyFrom(`copy ${client.escapeIdentifier(name)} (${names}) from stdin`));
  await pipeline(Readable.from(pieces.read()), stream);
  return stream.rowCount;
}

/** The rows of one table, up to the frame behind them. */
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
