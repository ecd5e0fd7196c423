import { ConfigError } from '@pulse/runtime';
import type { Client } from 'pg';

import type { Environment } from '../schema/warehouse-state.ts';

/**
 * A function of this session that returns the environment of the warehouse, for any version of its tables: its mark; without one,
 * development if it has sample rates, production if it has planned a batch; null if it is empty or missing.
 */
export const environmentFunction = `
create or replace function pg_temp.environment_of_warehouse() returns text language plpgsql as $function$
declare
  mark text;
  holds_something boolean;
begin
  if to_regclass('public.warehouse_state') is null then
    return null;
  end if;
  execute $$select to_jsonb(state)->>'environment' from public.warehouse_state state$$ into mark;
  if mark is not null then
    return mark;
  end if;
  execute $$select exists (select from public.exchange_rates where source = 'sample')$$ into holds_something;
  if holds_something then
    return 'development';
  end if;
  execute $$select exists (select from public.etl_batches) or exists (select from public.source_positions)$$
    into holds_something;
  if holds_something then
    return 'production';
  end if;
  return null;
end
$function$`;

/** The environment of the warehouse; undefined for an empty one without a mark, and for a database without its tables. */
export async function environmentOf(client: Client): Promise<Environment | undefined> {
  await client.query(environmentFunction);
  const { rows } = await client.query<{ environment: Environment | null }>(
    'select pg_temp.environment_of_warehouse() as environment',
  );
  return rows[0]?.environment ?? undefined;
}

/** @throws ConfigError if the warehouse and the caller have different environments, before anything is changed. */
export async function requireEnvironment(client: Client, wanted: Environment | undefined): Promise<void> {
  const found = await environmentOf(client);
  if (found === undefined || wanted === undefined || found === wanted) return;
  throw new ConfigError(
    `${nameOf(client)} is for ${found} (${await evidenceOf(client)}), and this is for ${wanted} ` +
      `(STACK_ENVIRONMENT): nothing was changed. Give ${wanted} data of its own, by another COMPOSE_PROJECT_NAME ` +
      `(LOCAL_DIR without containers). If the warehouse itself is taken for the wrong one: make mark AS=${wanted}`,
  );
}

/** Marks the warehouse with the environment found, else the wanted one, else development. */
export async function settleEnvironment(client: Client, wanted: Environment | undefined): Promise<Environment> {
  const settled = (await environmentOf(client)) ?? wanted ?? 'development';
  await client.query(
    `update warehouse_state
    set environment = $1
    where environment is distinct from $1`,
    [settled],
  );
  return settled;
}

/**
 * Marks the warehouse as a person has decided.
 * @throws ConfigError for production if there are sample rates and they are not to be removed.
 * @returns how many sample rates were removed.
 */
export async function markEnvironment(
  client: Client,
  environment: Environment,
  { removeSamples }: { readonly removeSamples: boolean },
): Promise<number> {
  // So that nobody adds a sample meanwhile.
  await client.query('lock table exchange_rates in share row exclusive mode');
  const removed = environment === 'production' ? await removeSampleRates(client, removeSamples) : 0;
  await client.query(
    `update warehouse_state
    set environment = $1,
      sample_rates_until = case when $1 = 'production' then null else sample_rates_until end,
      state_version = state_version + 1`,
    [environment],
  );
  return removed;
}

async function removeSampleRates(client: Client, isWanted: boolean): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int as count from exchange_rates where source = 'sample'`,
  );
  const count = rows[0]?.count ?? 0;
  if (count > 0 && !isWanted) {
    throw new ConfigError(
      `${nameOf(client)} holds ${count} sample exchange rates, which production must not: nothing was changed. ` +
        'Remove them with the mark: make mark AS=production REMOVE_SAMPLES=1. Import real rates then, and put right what ' +
        'sample rates converted with etl reprocess',
    );
  }
  await client.query(`delete from exchange_rates where source = 'sample'`);
  return count;
}

/** The message for a backup of another environment. */
export function otherEnvironmentMessage(file: string, found: string, wanted: string): string {
  return (
    `${file} is a backup of ${found}, and this warehouse is for ${wanted}: nothing was changed. Restore it into a stack of ` +
    `${found} of its own (another COMPOSE_PROJECT_NAME and other ports, or LOCAL_DIR without containers)`
  );
}

/** The evidence for the environment of the warehouse. */
async function evidenceOf(client: Client): Promise<string> {
  const { rows } = await client.query<{ is_marked: boolean; samples: number }>(
    `select
      exists (select from warehouse_state state where to_jsonb(state)->>'environment' is not null) as is_marked,
      (select count(*)::int from exchange_rates where source = 'sample') as samples`,
  );
  if (rows[0]?.is_marked === true) return 'its mark says so';
  const samples = rows[0]?.samples ?? 0;
  return samples > 0
    ? `it has no mark and holds ${samples} sample exchange rates`
    : 'it has no mark and holds batches without sample rates';
}

/** The warehouse with its address, for messages. */
export function nameOf(client: Client): string {
  return `the warehouse (database ${client.database} on ${client.host}:${client.port})`;
}
