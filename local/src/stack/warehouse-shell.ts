import { createInterface } from 'node:readline';

import { execa } from 'execa';
import { DatabaseError, type Client } from 'pg';

import { withClient } from '../postgres/server.ts';

/** Opens an SQL prompt on the warehouse: psql if installed, else one statement a line. @returns the exit code. */
export async function openWarehouseShell(url: string): Promise<number> {
  const psql = await execa('psql', ['--version'], { reject: false });
  if (psql.exitCode === 0) return (await execa('psql', [url], { stdio: 'inherit', reject: false })).exitCode ?? 1;
  await withClient(url, promptLoop);
  return 0;
}

async function promptLoop(client: Client): Promise<void> {
  process.stdout.write('psql is not installed. Type one SQL statement a line; \\dt lists the tables, \\q leaves.\n');
  const terminal = createInterface({ input: process.stdin, output: process.stdout, prompt: 'warehouse=> ' });
  terminal.prompt();
  for await (const line of terminal) {
    const statement = line.trim() === '\\dt' ? listTables : line.trim();
    if (statement === '\\q') break;
    if (statement !== '') await show(client, statement);
    terminal.prompt();
  }
  terminal.close();
}

const listTables = "select table_name from information_schema.tables where table_schema = 'public' order by 1";

async function show(client: Client, statement: string): Promise<void> {
  try {
    const result = await client.query<Record<string, unknown>>(statement);
    process.stdout.write(`${formatRows(result.rows)}${result.command} ${result.rowCount ?? 0}\n`);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    process.stdout.write(`error: ${error.message}\n`);
  }
}

/** Formats rows as aligned columns. */
export function formatRows(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const names = Object.keys(rows[0] ?? {});
  const cells = [names, ...rows.map((row) => names.map((name) => formatCell(row[name])))];
  const widths = names.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .filter((row) => row.length > 0)
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function formatCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}
