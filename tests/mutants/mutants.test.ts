import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { mutants, plantIn } from './mutants.ts';

const root = join(import.meta.dirname, '../..');

test.each(mutants)('it still fits the code, and its test is there: $name', async (mutant) => {
  expect(plantIn(await readFile(join(root, mutant.file), 'utf8'), mutant)).toBeDefined();
  const tests = await readFile(join(root, mutant.test.file), 'utf8');
  expect(tests).toSatisfy(
    (text: string) => text.includes(`'${mutant.test.name}`) || text.includes(`"${mutant.test.name}`),
  );
});
