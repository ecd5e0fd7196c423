import type { Logger } from '@pulse/runtime';
import type { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';

import { writeBackupFile, type BackupTable, type Frame } from './backup-file.ts';
import { appliedHashes } from './migration-files.ts';
import { releaseOf } from './release.ts';

/**
 * Writes every row of the warehouse, with positions and ledger, into one file: a single moment, while loads continue.
 * @returns the number of rows.
 */
export async function backUp(client: Client, file: string, logger: Logger): Promise<number> {
  await client.query('begin isolation level repeatable read, read only');
  let rowCount = 0;
  try {
    await writeBackupFile(
      file,
      frames(client, (count) => (rowCount += count)),
    );
  } finally {
    await client.query('rollback');
  }
  logger.info({ file, rows: rowCount }, 'backup written');
  return rowCount;
}

async function* frames(client: Client, onRows: (count: number) => void): AsyncGenerator<Frame, void> {
  const { rows } = await client.query<{ version: string }>(`select current_setting('server_version') as version`);
  yield {
    kind: 'header',
    header: {
      format: 'global-sales-pulse warehouse',
      version: 1,
      createdAt: new Date().toISOString(),
      serverVersion: rows[0]?.version ?? '',
      migrations: [...(await appliedHashes(client))],
      release: await releaseOf(client),
      sequences: await readSequences(client),
    },
  };
  const rowCounts: Record<string, number> = {};
  for (const table of await tablesInOrder(client)) {
    yield { kind: 'table', table };
    const names = table.columns.map((column) => client.escapeIdentifier(column)).join(', ');
    const rowsOf = client.query(copyTo(`copy (select ${names} from ${client.escapeIdentifier(table.name)}) to stdout`));
    for await (const bytes of rowsOf) yield { kind: 'rows', bytes };
    rowCounts[table.name] = rowsOf.rowCount;
    onRows(rowsOf.rowCount);
  }
  yield { kind: 'trailer', trailer: { rowCounts } };
}

async function readSequences(client: Client): Promise<Record<string, string | null>> {
  const { rows } = await client.query<{ name: string; value: string | null }>(
    `select sequencename as name, last_value as value from pg_sequences where schemaname = 'public'`,
  );
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

/** Every table with its stored columns, each after the tables that it refers to. */
async function tablesInOrder(client: Client): Promise<readonly BackupTable[]> {
  const { rows } = await client.query<BackupTable & { needs: string[] }>(
    `select c.relname as name,
       array(
         select attname::text from pg_attribute
         where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = ''
         order by attnum) as columns,
       array(
         select confrelid::regclass::text from pg_constraint
         where conrelid = c.oid and contype = 'f' and confrelid <> c.oid) as needs
     from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
     order by c.relname`,
  );
  const ordered: BackupTable[] = [];
  const isPlaced = (name: string): boolean => ordered.some((table) => table.name === name);
  while (ordered.length < rows.length) {
    const next = rows.find(({ name, needs }) => !isPlaced(name) && needs.every(isPlaced));
    if (next === undefined) throw new Error('tables refer to each other in a circle');
    ordered.push({ name: next.name, columns: next.columns });
  }
  return ordered;
}
