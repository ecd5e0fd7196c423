import { ConfigError } from '@pulse/runtime';
import pRetry from 'p-retry';
import { DatabaseError, type Client } from 'pg';

import type { RoleLogin, Roles } from './config.ts';
import { inTransaction } from './transaction.ts';

/**
 * Creates the two roles or sets their passwords, and grants what each may do, in one transaction. etl reads and writes rows, but
 * changes no table, deletes no fact and no rate, and only adds to the history. reader only reads, ten seconds a query at most and
 * without PostgreSQL's compiler, which takes longer than the queries of dashboards.
 * Roles belong to all databases of a server, so another database's migrator may change them at the same time.
 */
export async function grantRoles(client: Client, roles: Roles): Promise<void> {
  await pRetry(() => inTransaction(client, () => createAndGrant(client, roles)), {
    retries: 20,
    minTimeout: 20,
    maxTimeout: 500,
    randomize: true,
    shouldRetry: ({ error }) => isConcurrentChange(error),
  });
}

/** PostgreSQL has no special code for two sessions that change one role: it is an internal error, or a duplicate name. */
function isConcurrentChange(error: Error): boolean {
  if (!(error instanceof DatabaseError)) return false;
  if (error.code === 'XX000') return error.message.includes('concurrently');
  return error.code === '23505' || error.code === '42710';
}

async function createAndGrant(client: Client, roles: Roles): Promise<void> {
  await createRole(client, roles.etl);
  await createRole(client, roles.reader);
  const name = client.escapeIdentifier.bind(client);
  const [etl, reader, database] = [name(roles.etl.name), name(roles.reader.name), name(await databaseName(client))];
  await client.query(`
    revoke create, temporary on database ${database} from public;
    revoke all on schema public from public;
    revoke all on all tables in schema public from public, ${etl}, ${reader};
    revoke all on all sequences in schema public from public, ${etl}, ${reader};

    grant connect, temporary on database ${database} to ${etl};
    grant usage on schema public to ${etl};
    grant select, insert, update, delete on all tables in schema public to ${etl};
    revoke delete on transactions, tax_rates, exchange_rates from ${etl};
    revoke update, delete on transaction_revisions, etl_reprocesses from ${etl};
    grant usage, select on all sequences in schema public to ${etl};
    alter default privileges in schema public grant select, insert, update, delete on tables to ${etl};
    alter default privileges in schema public grant usage, select on sequences to ${etl};

    grant connect on database ${database} to ${reader};
    grant usage on schema public to ${reader};
    grant select on all tables in schema public to ${reader};
    alter default privileges in schema public grant select on tables to ${reader};
    alter role ${reader} in database ${database} set statement_timeout = '10s';
    alter role ${reader} in database ${database} set default_transaction_read_only = on;
    alter role ${reader} in database ${database} set jit = off;
  `);
}

async function createRole(client: Client, { name, password }: RoleLogin): Promise<void> {
  const { rows } = await client.query<{ rolsuper: boolean }>('select rolsuper from pg_roles where rolname = $1', [
    name,
  ]);
  if (rows[0]?.rolsuper === true) {
    throw new ConfigError(`the role ${name} is a superuser: name another one in WAREHOUSE_ETL_USER or _READER_USER`);
  }
  const verb = rows.length === 0 ? 'create' : 'alter';
  await client.query(`${verb} role ${client.escapeIdentifier(name)} login password ${client.escapeLiteral(password)}`);
}

async function databaseName(client: Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>('select current_database() as name');
  const [row] = rows;
  if (row === undefined) throw new Error('the database has no name');
  return row.name;
}
