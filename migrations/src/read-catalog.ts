import type { Client } from 'pg';

import type { Catalog, Property } from './compare-catalogs.ts';
import type { Roles } from './config.ts';

/**
 * Reads what the database holds in its public schema, without what extensions bring. Names of roles are put as `owner`,
 * `etl`, `reader` and `public`, so that warehouses with other names compare equal; grants to further roles are left out.
 */
export async function readCatalog(client: Client, roles: Roles): Promise<Catalog> {
  const { rows } = await client.query<{ area: string; object: string; properties: Record<string, Property> }>(
    catalogQuery,
    [roles.etl.name, roles.reader.name],
  );
  const areas = Object.groupBy(rows, (row) => row.area);
  return Object.fromEntries(
    Object.entries(areas).map(([area, objects = []]) => [
      area,
      Object.fromEntries(objects.map(({ object, properties }) => [object, properties])),
    ]),
  );
}

const catalogQuery = `
with
  known_role as (
    select oid, case rolname when $1 then 'etl' else 'reader' end as name
    from pg_roles
    where rolname in ($1, $2)
    union all
    select 0, 'public'
  ),
  relation as (
    select
      c.*,
      case relkind when 'S' then 'sequence ' when 'v' then 'view ' when 'm' then 'materialized view ' when 'f' then 'foreign table ' else 'table ' end
        || relname as area
    from pg_class c
    where relnamespace = 'public'::regnamespace
      and relkind in ('r', 'p', 'v', 'm', 'f', 'S')
      and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid and deptype = 'e')
  ),
  granted as (
    select area, '' as target, relowner as owner, acl.grantee, acl.privilege_type, acl.is_grantable
    from relation,
      aclexplode(coalesce(relacl, acldefault(case relkind when 'S' then 's' else 'r' end::"char", relowner))) acl
    union all
    select area, ' (' || attname || ')', relowner, acl.grantee, acl.privilege_type, acl.is_grantable
    from relation
    join pg_attribute on attrelid = relation.oid,
      aclexplode(attacl) acl
    union all
    select 'warehouse', ' on schema public', nspowner, acl.grantee, acl.privilege_type, acl.is_grantable
    from pg_namespace,
      aclexplode(coalesce(nspacl, acldefault('n', nspowner))) acl
    where nspname = 'public'
    union all
    select 'warehouse', ' on the database', datdba, acl.grantee, acl.privilege_type, acl.is_grantable
    from pg_database,
      aclexplode(coalesce(datacl, acldefault('d', datdba))) acl
    where datname = current_database()
    union all
    select
      'warehouse',
      ' on future ' || case defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' else defaclobjtype::text end,
      defaclrole, acl.grantee, acl.privilege_type, acl.is_grantable
    from pg_default_acl,
      aclexplode(defaclacl) acl
  )
-- storage and comments of tables
select area, 'storage' as object, jsonb_build_object('options', array_to_string(reloptions, ', '), 'persistence', relpersistence::text, 'rowSecurity', relrowsecurity) as properties
from relation
where relkind <> 'S'
union all
select area, 'comment', jsonb_build_object('text', obj_description(oid, 'pg_class'))
from relation
where obj_description(oid, 'pg_class') is not null
union all
-- columns
select
  area,
  'column ' || attname,
  jsonb_build_object(
    'type', format_type(atttypid, atttypmod),
    'collation', collname,
    'nullable', not attnotnull,
    'default', pg_get_expr(adbin, adrelid),
    'identity', nullif(attidentity, ''),
    'generated', nullif(attgenerated, ''),
    'comment', col_description(attrelid, attnum)
  )
from relation
join pg_attribute on attrelid = relation.oid and attnum > 0 and not attisdropped
left join pg_attrdef on adrelid = attrelid and adnum = attnum
left join pg_collation on pg_collation.oid = attcollation
where relkind <> 'S'
union all
-- constraints; not null is a property of its column
select area, 'constraint ' || conname, jsonb_build_object('definition', pg_get_constraintdef(pg_constraint.oid), 'validated', convalidated)
from relation
join pg_constraint on conrelid = relation.oid and contype in ('p', 'u', 'c', 'f', 'x')
union all
-- indexes
select area, 'index ' || indexrelid::regclass, jsonb_build_object('definition', pg_get_indexdef(indexrelid), 'valid', indisvalid)
from relation
join pg_index on indrelid = relation.oid
union all
-- triggers and rules
select area, 'trigger ' || tgname, jsonb_build_object('definition', pg_get_triggerdef(pg_trigger.oid), 'enabled', tgenabled::text)
from relation
join pg_trigger on tgrelid = relation.oid and not tgisinternal
union all
select area, 'rule ' || rulename, jsonb_build_object('definition', pg_get_ruledef(pg_rewrite.oid))
from relation
join pg_rewrite on ev_class = relation.oid
union all
-- functions
select 'function ' || p.oid::regprocedure, 'definition', jsonb_build_object('text', pg_get_functiondef(p.oid))
from pg_proc p
where pronamespace = 'public'::regnamespace
  and prokind in ('f', 'p')
  and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = p.oid and deptype = 'e')
union all
-- extensions
select 'warehouse', 'extension ' || extname, '{}'
from pg_extension
where extname = 'btree_gist'
union all
-- roles
select
  'warehouse',
  'role ' || name,
  jsonb_build_object(
    'login', rolcanlogin,
    'superuser', rolsuper,
    'createsDatabases', rolcreatedb,
    'createsRoles', rolcreaterole,
    'replication', rolreplication,
    'bypassesRowSecurity', rolbypassrls,
    'memberOf', (select string_agg(roleid::regrole::text, ', ' order by roleid::regrole::text) from pg_auth_members where member = r.oid),
    'settings', (
      select string_agg(setting, ', ' order by setting)
      from pg_db_role_setting,
        unnest(setconfig) setting
      where setrole = r.oid
        and setdatabase in (0, (select oid from pg_database where datname = current_database()))
    )
  )
from known_role
join pg_roles r using (oid)
union all
-- grants; the right to maintain is left out of the owner's, for it is new in PostgreSQL 17
select distinct
  area,
  'grant ' || lower(privilege_type) || target || ' to ' || coalesce(name, 'owner') || case when is_grantable and name is not null then ' with grant option' else '' end,
  '{}'::jsonb
from granted
left join known_role on known_role.oid = grantee
where (grantee = owner and privilege_type <> 'MAINTAIN') or name is not null
order by area, object`;
