# Runs in the warehouse's container: replaces the content of the warehouse by the backup on standard input (pg_dump's custom
# format), in one transaction. A file that is cut short changes nothing, because the commit comes after its end.
# `migrate restore-guard` made GUARD_BEFORE and GUARD_AFTER, SQL that refuses a backup of a newer release or of another environment.
set -o pipefail
{
  cat <<SQL
begin;
set local lock_timeout = '60s';
set local client_min_messages = warning;
$GUARD_BEFORE
drop schema if exists public cascade;
drop schema if exists drizzle cascade;
create schema public;
SQL
  pg_restore --no-owner --exit-on-error --file=- && printf '%s\ncommit;\n' "$GUARD_AFTER"
} | psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --output /dev/null
