import type { Client } from 'pg';

import { knownMigrations } from './migration-files.ts';

/** The release that made the tables of a warehouse or a backup, for the message about a newer one. */
export interface Release {
  /** CODE_VERSION. */
  readonly codeVersion: string | null;
  /** Such as 0023_environment. */
  readonly lastMigration: string | null;
}

/** Records the release that migrated the warehouse. */
export async function recordRelease(client: Client, codeVersion: string): Promise<void> {
  await client.query(
    `update warehouse_state
    set release = $1, last_migration = $2
    where (release, last_migration) is distinct from ($1, $2)`,
    [codeVersion, knownMigrations().at(-1)?.name],
  );
}

/** The record, for any version of the tables. */
export async function releaseOf(client: Client): Promise<Release> {
  const { rows } = await client.query<Release>(
    `select to_jsonb(state)->>'release' as "codeVersion", to_jsonb(state)->>'last_migration' as "lastMigration"
    from warehouse_state state`,
  );
  return rows[0] ?? { codeVersion: null, lastMigration: null };
}

/** The message for a backup whose tables are newer than this release. */
export function newerBackupMessage(file: string, release: Release, unknownCount: number): string {
  const made =
    release.codeVersion === null ? 'by a release that it does not name' : `by release ${release.codeVersion}`;
  const upTo = release.lastMigration === null ? '' : `, up to migration ${release.lastMigration}`;
  const needed =
    release.lastMigration === null
      ? `a release that has these ${unknownCount} migrations`
      : `release ${release.codeVersion ?? ''} or a later one (it has migrations/sql/${release.lastMigration}.sql)`;
  return (
    `${file} is newer than this release: it was made ${made}${upTo}, and ${unknownCount} of its migrations are unknown here ` +
    `(this release ends with ${knownMigrations().at(-1)?.name ?? 'none'}). Restore it with ${needed.replaceAll('  ', ' ')}`
  );
}
