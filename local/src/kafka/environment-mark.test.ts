import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { markDevelopmentData, markFile, refuseProductionData } from './environment-mark.ts';

async function dataFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pulse-data-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test("Kafka's data of the local stack are marked as development", async () => {
  const folder = await dataFolder();
  await markDevelopmentData(folder);
  expect(await readFile(join(folder, markFile), 'utf8')).toBe('development\n');
  await expect(markDevelopmentData(folder)).resolves.toBeUndefined();
});

test("Kafka's production data are neither started nor removed as development", async () => {
  const folder = await dataFolder();
  await writeFile(join(folder, markFile), 'production\n');
  await expect(markDevelopmentData(folder)).rejects.toThrow(`the data in ${folder} are production's`);
  await expect(refuseProductionData(folder)).rejects.toThrow('Set another LOCAL_DIR');
  expect(await readFile(join(folder, markFile), 'utf8')).toBe('production\n');
});

test('a folder without data is not refused', async () => {
  await expect(refuseProductionData('/nowhere/at/all')).resolves.toBeUndefined();
});
