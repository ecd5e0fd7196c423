import { kafkaClient, withAdmin } from './kafka.ts';
import type { ServiceAddresses } from './services.ts';
import { openClient } from './warehouse.ts';

/** What stands on the services, by name. */
export type Inventory = ReadonlySet<string>;

/** Databases, roles, topics and consumer groups. */
export async function takeInventory({ kafkaBootstrapServers, warehouseUrl }: ServiceAddresses): Promise<Inventory> {
  await using server = await openClient(warehouseUrl);
  const { rows } = await server.client.query<{ name: string }>(`
    select 'database ' || datname as name from pg_database
    union all
    select 'role ' || rolname from pg_roles`);
  const { topics, groups } = await withAdmin(kafkaClient(kafkaBootstrapServers), async (admin) => ({
    topics: await admin.listTopics(),
    groups: await admin.listGroups(),
  }));
  return new Set([
    ...rows.map(({ name }) => name),
    ...topics.filter((topic) => !topic.startsWith('__')).map((topic) => `topic ${topic}`),
    ...groups.groups.map(({ groupId }) => `consumer group ${groupId}`),
  ]);
}

/** @throws Error naming what tests have left behind. */
export function requireNoLeaks(before: Inventory, after: Inventory): void {
  const left = [...after].filter((name) => !before.has(name));
  if (left.length > 0) throw new Error(`tests have left behind: ${left.join(', ')}`);
}
