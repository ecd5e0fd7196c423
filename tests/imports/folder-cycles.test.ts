import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { findFolderCycles } from './folder-cycles.ts';

const root = join(import.meta.dirname, '../..');

test.each([
  'packages/contract/src',
  'packages/runtime/src',
  'producer/src',
  'etl/src',
  'grafana/src',
  'migrations/src',
  'local/src',
  'docker/preflight/src',
  'bench/src',
  'tests',
])('no folders of %s import each other in a cycle', (sources) => {
  expect(findFolderCycles(join(root, sources))).toEqual([]);
});

let sources = '';
beforeEach(() => {
  sources = mkdtempSync(join(tmpdir(), 'folder-cycles-'));
});
afterEach(() => rmSync(sources, { recursive: true }));

function plant(path: string, text: string): void {
  const file = join(sources, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

test.each([
  ['of a value', "import { batch } from '../batch/batch.ts';"],
  ['for its effect', "import '../batch/batch.ts';"],
  ['of a type', "import type { Batch } from '../batch/batch.ts';"],
  ['of a type among values', "import { type Batch } from '../batch/batch.ts';"],
  ['at run time', "export const later = async () => (await import('../batch/batch.ts')).batch;"],
  ['inside a type', "export type Later = import('../batch/batch.ts').Batch;"],
  ['by a re-export of a name', "export { batch } from '../batch/batch.ts';"],
  ['by a re-export of a type', "export type { Batch } from '../batch/batch.ts';"],
  ['by a re-export of everything', "export * from '../batch/batch.ts';"],
])('an import %s closes a cycle', (_, closing) => {
  plant('batch/batch.ts', "import { port } from '../warehouse/port.ts';\nexport const batch = port;\n");
  plant('warehouse/port.ts', `${closing}\nexport const port = 1;\n`);
  expect(findFolderCycles(sources)).toEqual([
    'batch → warehouse (batch/batch.ts imports warehouse/port.ts), ' +
      'warehouse → batch (warehouse/port.ts imports batch/batch.ts); all of the group: batch, warehouse',
  ]);
});

test('a cycle that no file is twice in is found between folders', () => {
  plant('batch/plan.ts', "import { port } from '../warehouse/port.ts';\n");
  plant('batch/batch.ts', 'export const batch = 1;\n');
  plant('warehouse/port.ts', 'export const port = 1;\n');
  plant('warehouse/ledger/read.ts', "import { log } from '../../kafka/log.ts';\n");
  plant('kafka/log.ts', "import { batch } from '../batch/batch.ts';\n");
  expect(findFolderCycles(sources)).toEqual([
    expect.stringMatching(/^batch → warehouse .*, warehouse → kafka .*, kafka → batch .*: batch, kafka, warehouse$/),
  ]);
});

test('a file beside the folders may know them or be known by them, not both', () => {
  plant('main.ts', "import { plan } from './batch/plan.ts';\n");
  plant('batch/plan.ts', "import { fail } from '../errors.ts';\n");
  plant('errors.ts', 'export const fail = 1;\n');
  expect(findFolderCycles(sources)).toEqual([]);
  plant('errors.ts', "import type { Plan } from './batch/plan.ts';\n");
  expect(findFolderCycles(sources)).toEqual([expect.stringContaining('batch → errors.ts')]);
});

test('folders inside one folder, packages and other programs make no arrows', () => {
  plant('fraud/rules/rule.ts', "import { read } from '../lists/read.ts';\nimport '@pulse/contract';\n");
  plant('fraud/lists/read.ts', "import '../rules/rule.ts';\nimport '../../../packages/contract/src/topic.ts';\n");
  expect(findFolderCycles(sources)).toEqual([]);
});

test('a folder without TypeScript is an error, not a folder without cycles', () => {
  expect(() => findFolderCycles(sources)).toThrow(`no TypeScript in ${sources}`);
});
