import type { Client } from 'pg';

import expected from '../catalog.json' with { type: 'json' };
import { compareCatalogs } from './compare-catalogs.ts';
import type { Roles } from './config.ts';
import { compareMigrations } from './migration-files.ts';
import { readCatalog } from './read-catalog.ts';

/** What differs between the live warehouse and this version, one line each that names the object. */
export async function checkWarehouse(client: Client, roles: Roles): Promise<readonly string[]> {
  const found = await readCatalog(client, roles);
  return [...(await compareMigrations(client)), ...compareCatalogs(expected, found)];
}
