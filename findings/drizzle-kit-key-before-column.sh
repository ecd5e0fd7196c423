#!/usr/bin/env bash
# drizzle-kit 0.31.11: a new column that joins a primary key comes after the key that names it.
#
# Expected: a migration that `drizzle-kit generate` writes can be applied to the schema that it starts from.
# Seen:     when a column is added to a table and to its composite primary key at once, the file drops the old key, adds the
#           new key and only then adds the column. PostgreSQL refuses it: column "store" of relation "sums" does not exist (42703).
# Way round: move the ADD COLUMN to the front of the file by hand before it is committed.
# Needs Node.js 20 or newer; PostgreSQL is PGlite 0.5.17 from npm. Ends with 0 while this is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' >package.json
npm install --silent --no-audit --no-fund drizzle-kit@0.31.11 drizzle-orm@0.45.4 @electric-sql/pglite@0.5.17
cat >drizzle.config.ts <<'TS'
export default { dialect: 'postgresql', schema: './schema.ts', out: './sql' };
TS
schema() { # schema COLUMNS KEY
  cat >schema.ts <<TS
import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core';

export const sums = pgTable('sums', { $1 }, (t) => [primaryKey({ columns: [$2] })]);
TS
}
schema "hour: text('hour').notNull(), currency: text('currency').notNull()" 't.hour, t.currency'
npx drizzle-kit generate --name first >/dev/null
schema "hour: text('hour').notNull(), currency: text('currency').notNull(), store: text('store').notNull().default('')" \
  't.hour, t.currency, t.store'
npx drizzle-kit generate --name second >/dev/null
echo '--- the second migration'
cat sql/0001_second.sql
echo
cat >apply.js <<'JS'
import { readFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';

const db = new PGlite();
console.log((await db.query('select version()')).rows[0].version.split(' on ')[0]);
const statements = (file) => readFileSync(file, 'utf8').split('--> statement-breakpoint');
for (const statement of statements('sql/0000_first.sql')) await db.exec(statement);
let seen = 'applied';
try {
  for (const statement of statements('sql/0001_second.sql')) await db.exec(statement);
} catch (error) {
  seen = `${error.code}: ${error.message}`;
}
console.log(seen);
const isAsDescribed = seen.startsWith('42703') && seen.includes('store');
console.log(isAsDescribed ? 'as described: the key comes before its column' : 'no longer as described');
process.exit(isAsDescribed ? 0 : 1);
JS
node apply.js
