import { createLogger } from '@pulse/runtime';

import { up } from '@pulse/migrations/up';
import { openClient, type ScratchWarehouse } from '../../support/warehouse.ts';

/** Migrates a warehouse as its owner, and gives back what still differs from the code. */
export async function migrate(
  warehouse: Pick<ScratchWarehouse, 'url' | 'roles'>,
  seed: 'none' | 'sample' = 'none',
  scheduleSeconds?: number,
): Promise<readonly string[]> {
  const logger = await createLogger({ name: 'test', level: 'silent', format: 'json' });
  await using owner = await openClient(warehouse.url);
  return await up({ client: owner.client, roles: warehouse.roles, seed, scheduleSeconds, logger });
}
