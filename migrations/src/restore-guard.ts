import type { Environment } from '../schema/warehouse-state.ts';
import { environmentFunction } from './environment.ts';
import { knownMigrations, migrationsTable } from './migration-files.ts';

/**
 * SQL for docker/restore-warehouse.sh, which replaces the warehouse by pg_dump's file in one transaction: `before` runs before the
 * replacement and stores the environment; `after` raises an exception for a backup of a newer release, of another environment or
 * of something other than a warehouse, so that nothing is changed.
 * @param environment - the environment of an empty warehouse.
 */
export function restoreGuard(environment: Environment | undefined): {
  readonly before: string;
  readonly after: string;
} {
  return { before: beforeReplacing(environment), after: afterRestoring };
}

function beforeReplacing(environment: Environment | undefined): string {
  return `${environmentFunction};
create temporary table replaced (environment text, state_version bigint) on commit drop;
do $guard$
begin
  insert into pg_temp.replaced
  values (coalesce(pg_temp.environment_of_warehouse(), ${environment === undefined ? 'null' : `'${environment}'`}), 0);
  if to_regclass('public.warehouse_state') is not null then
    execute 'update pg_temp.replaced set state_version = (select state_version from public.warehouse_state)';
  end if;
end
$guard$;
`;
}

const table = `${migrationsTable.migrationsSchema}.${migrationsTable.migrationsTable}`;

const afterRestoring = `do $guard$
declare
  restored text;
  wanted text := (select environment from pg_temp.replaced);
  unknown_count integer;
  made jsonb;
begin
  if to_regclass('public.warehouse_state') is null or to_regclass('${table}') is null then
    raise exception 'this is no backup of a warehouse';
  end if;
  execute 'select count(*) from ${table} where hash <> all ($1)' into unknown_count
    using array[${knownMigrations()
      .map(({ hash }) => `'${hash}'`)
      .join(', ')}];
  execute 'select to_jsonb(state) from public.warehouse_state state' into made;
  if unknown_count > 0 then
    raise exception 'this backup is newer than this release (which ends with migration ${knownMigrations().at(-1)?.name}): it was made by release %, up to migration %, and % of its migrations are unknown here',
      coalesce(made->>'release', 'unknown'), coalesce(made->>'last_migration', 'unknown'), unknown_count
      using hint = format('Restore it with release %s or a later one.', coalesce(made->>'release', 'unknown'));
  end if;
  restored := pg_temp.environment_of_warehouse();
  if restored <> wanted then
    raise exception 'this is a backup of %, and this warehouse is for %', restored, wanted
      using hint = format('Restore it into a stack of %s of its own: another COMPOSE_PROJECT_NAME and other ports.', restored);
  end if;
  -- No number that a step under way has seen may stand for another state.
  update public.warehouse_state
  set state_version = greatest(state_version, (select state_version from pg_temp.replaced)) + 1;
end
$guard$;
`;
