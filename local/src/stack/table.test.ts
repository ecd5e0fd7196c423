import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { readSettings } from '../setup/settings.ts';
import { addressTable } from './table.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'table-'));
  await writeFile(join(folder, '.env.example'), '');
});
afterAll(() => rm(folder, { recursive: true }));

test('psql and a shell take the printed address of the warehouse unchanged', async () => {
  const password = "p ä'$@:/#?%&!(";
  const settings = await readSettings({ WAREHOUSE_DB_PASSWORD: password, LOCAL_DIR: folder }, folder);
  const address =
    / psql (postgres:\S+) /.exec(addressTable({ ...settings, WAREHOUSE_DB_PASSWORD: password }, undefined))?.[1] ?? '';
  expect(address).toMatch(/^[A-Za-z0-9:/@._~%-]+$/);
  expect(decodeURIComponent(new URL(address).password)).toBe(password);
});
