import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { readMigrationFiles } from 'drizzle-orm/migrator';
import type { Client } from 'pg';

/** The folder of SQL migrations: beside the bundle, or beside the source folder. */
export const migrationsFolder: string =
  [join(import.meta.dirname, 'sql'), join(import.meta.dirname, '..', 'sql')].find((folder) => existsSync(folder)) ??
  'sql';

/** Where drizzle keeps what it has applied. */
export const migrationsTable = { migrationsSchema: 'drizzle', migrationsTable: '__drizzle_migrations' } as const;

/** One migration of this release. */
export interface KnownMigration {
  /** As 0023_environment. */
  readonly name: string;
  readonly hash: string;
  readonly statements: readonly string[];
  /** What drizzle records as the time that it was made at. */
  readonly createdAt: number;
}

/** The migrations of this release, in their order. */
export function knownMigrations(): readonly KnownMigration[] {
  const journal: { entries: readonly { tag: string }[] } = JSON.parse(
    readFileSync(join(migrationsFolder, 'meta', '_journal.json'), 'utf8'),
  );
  return readMigrationFiles({ migrationsFolder }).map(({ hash, sql, folderMillis }, index) => ({
    name: journal.entries[index]?.tag ?? String(index),
    hash,
    statements: sql,
    createdAt: folderMillis,
  }));
}

/** Applies one, in the caller's transaction, and records it where drizzle's migrator looks. */
export async function applyMigration(client: Client, { statements, hash, createdAt }: KnownMigration): Promise<void> {
  const { migrationsSchema, migrationsTable: table } = migrationsTable;
  await client.query(`create schema if not exists ${migrationsSchema}`);
  await client.query(
    `create table if not exists ${migrationsSchema}.${table} (id serial primary key, hash text not null, created_at bigint)`,
  );
  for (const statement of statements) await client.query(statement);
  await client.query(`insert into ${migrationsSchema}.${table} (hash, created_at) values ($1, $2)`, [hash, createdAt]);
}

/** Migrations that were not applied, were applied in another form, or are unknown to this version: one line each. */
export async function compareMigrations(client: Client): Promise<readonly string[]> {
  const applied = await appliedHashes(client);
  const files = readMigrationFiles({ migrationsFolder });
  const missing = files
    .map((file, index) => ({ hash: file.hash, name: `migration ${String(index).padStart(4, '0')}` }))
    .filter(({ hash }) => !applied.has(hash))
    .map(({ name }) => `${name}: its present form is not applied`);
  const known = new Set(files.map((file) => file.hash));
  const surplus = [...applied].filter((hash) => !known.has(hash));
  return [
    ...missing,
    ...surplus.map((hash) => `migration with the hash ${hash.slice(0, 12)}: applied, but unknown here`),
  ];
}

/** Hashes of the migrations that the database says were applied. */
export async function appliedHashes(client: Client): Promise<ReadonlySet<string>> {
  const { migrationsSchema, migrationsTable: table } = migrationsTable;
  const found = await client.query<{ exists: boolean }>('select to_regclass($1) is not null as exists', [
    `${migrationsSchema}.${table}`,
  ]);
  if (found.rows[0]?.exists !== true) return new Set();
  const { rows } = await client.query<{ hash: string }>(`select hash from ${migrationsSchema}.${table}`);
  return new Set(rows.map((row) => row.hash));
}
