# Runs inside the warehouse's container: puts the backup of standard input (pg_dump's custom format) in the place of all
# that the warehouse holds, in one transaction. A file that is cut short changes nothing: the commit comes after its end.
set -o pipefail
{
  cat <<'SQL'
begin;
set local lock_timeout = '60s';
set local client_min_messages = warning;
select to_regclass('public.warehouse_state') is not null as has_state \gset
\if :has_state
  create temporary table replaced as select state_version from public.warehouse_state;
\else
  create temporary table replaced (state_version bigint);
\endif
drop schema if exists public cascade;
drop schema if exists drizzle cascade;
create schema public;
SQL
  pg_restore --no-owner --exit-on-error --file=- && cat <<'SQL'
-- No number that a step under way has seen may stand for another state.
update public.warehouse_state
set state_version = greatest(state_version, (select max(state_version) from pg_temp.replaced)) + 1;
commit;
SQL
} | psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --output /dev/null
