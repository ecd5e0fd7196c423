/**
 * Writes catalog.json: what a database holds after all migrations, as the schema check expects it.
 * Works in a scratch database on the server at TEST_WAREHOUSE_URL, whose user may create databases and roles.
 * Usage: pnpm --filter @pulse/migrations run catalog
 */
import { writeFile } from 'node:fs/promises';
import process from 'node:process';

import { createLogger, logFormatFor, readConfig } from '@pulse/runtime';
import { Client } from 'pg';
import * as z from 'zod';

import { readCatalog } from './read-catalog.ts';
import { createScratchWarehouse } from './scratch-warehouse.ts';
import { up } from './up.ts';

const config = readConfig(z.object({ TEST_WAREHOUSE_URL: z.url() }), process.env);
const logger = await createLogger({ name: 'catalog', level: 'warn', format: logFormatFor(process.stderr) });

await using scratch = await createScratchWarehouse(config.TEST_WAREHOUSE_URL);
const client = new Client({ connectionString: scratch.url });
await client.connect();
try {
  await up({ client, roles: scratch.roles, seed: 'none', logger });
  const catalog = await readCatalog(client, scratch.roles);
  await writeFile(new URL('../catalog.json', import.meta.url), `${JSON.stringify(catalog, null, 2)}\n`);
} finally {
  await client.end();
}
