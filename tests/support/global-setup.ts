import { topics } from '@pulse/contract';
import { createLogger } from '@pulse/runtime';
import type { TestProject } from 'vitest/node';

import { up } from '../../migrations/src/up.ts';
import { createScratchWarehouse, type ScratchWarehouse } from '../../migrations/src/scratch-warehouse.ts';
import { bothStarted } from './both-started.ts';
import { kafkaClient, withAdmin } from './kafka.ts';
import { requireNoLeaks, takeInventory } from './leaks.ts';
import { bundlePrograms } from './programs.ts';
import { chooseWay, startServices, type ServiceAddresses } from './services.ts';
import { openClient, type WarehouseTemplate } from './warehouse.ts';

declare module 'vitest' {
  interface ProvidedContext {
    services: ServiceAddresses;
    /** Folder of the etl command, producer.mjs and migrate.mjs. */
    programs: string;
    warehouseTemplate: WarehouseTemplate;
  }
}

/**
 * Boots Kafka and PostgreSQL once for all integration tests, bundles the programs, and migrates a database that tests copy.
 * @returns what ends all of it; it throws when a test has left something behind.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const way = await chooseWay();
  const startedMs = performance.now();
  await using starting = new AsyncDisposableStack();
  const [services, bundles] = await bothStarted(
    startServices(way).then((started) => starting.use(started)),
    bundlePrograms().then((bundled) => starting.use(bundled)),
  );
  const { kafkaBootstrapServers, warehouseUrl } = services;
  await ensureLabelsTopic(kafkaBootstrapServers);
  const template = starting.use(await migratedTemplate(warehouseUrl));
  const before = await takeInventory(services);
  project.provide('services', { kafkaBootstrapServers, warehouseUrl });
  project.provide('programs', bundles.folder);
  project.provide('warehouseTemplate', { url: template.url, roles: template.roles });
  process.stderr.write(`services: ${way}, ready in ${((performance.now() - startedMs) / 1000).toFixed(1)} s\n`);

  const running = starting.move();
  return async () => {
    await using _ = running;
    requireNoLeaks(before, await takeInventory(services));
  };
}

async function migratedTemplate(serverUrl: string): Promise<ScratchWarehouse> {
  const logger = await createLogger({ name: 'tests', level: 'silent', format: 'json' });
  const template = await createScratchWarehouse(serverUrl);
  await using owner = await openClient(template.url);
  const differences = await up({ client: owner.client, roles: template.roles, seed: 'sample', logger });
  if (differences.length > 0) throw new Error(`the migrated warehouse differs: ${differences.join('; ')}`);
  return template;
}

/** The producer publishes fraud labels to a topic whose name is fixed. */
async function ensureLabelsTopic(bootstrapServers: string): Promise<void> {
  await withAdmin(kafkaClient(bootstrapServers), async (admin) => {
    const present = await admin.listTopics();
    if (present.includes(topics.fraudLabels)) return;
    await admin.createTopics({ topics: [{ topic: topics.fraudLabels, numPartitions: 1 }], waitForLeaders: true });
  });
}
