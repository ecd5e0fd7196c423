import { applyMigration, knownMigrations } from '../../../migrations/src/migration-files.ts';
import { freshWarehouse, openClient, type ScratchWarehouse } from '../../support/warehouse.ts';

/** A warehouse as an older release left it: with the first migrations only. */
export async function olderWarehouse(migrationCount: number): Promise<ScratchWarehouse> {
  await using making = new AsyncDisposableStack();
  const warehouse = making.use(await freshWarehouse());
  await using owner = await openClient(warehouse.url);
  for (const migration of knownMigrations().slice(0, migrationCount)) await applyMigration(owner.client, migration);
  making.move();
  return warehouse;
}
