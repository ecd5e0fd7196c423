import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const oxlint = join(root, 'node_modules/.bin/oxlint');
let checkout = '';

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'import-arrows-'));
  copyFileSync(join(root, '.oxlintrc.json'), join(checkout, '.oxlintrc.json'));
});
afterEach(() => rmSync(checkout, { recursive: true }));

/** The rules that oxlint finds broken by a file that stands at `path` and imports `imported`. */
function brokenRules(path: string, imported: string): string[] {
  const file = join(checkout, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `import { something } from '${imported}';\n\nexport const planted = something;\n`);
  const output = execFileSync('sh', ['-c', `"${oxlint}" --format json . || true`], { cwd: checkout, encoding: 'utf8' });
  const report: { diagnostics: { code: string }[] } = JSON.parse(output);
  return report.diagnostics.map(({ code }) => code);
}

test.each([
  ['etl/src/transform/planted.ts', 'pg'],
  ['etl/src/extract/planted.ts', 'kafkajs'],
  ['etl/src/extract/planted.ts', 'kafkajs/src/errors.js'],
  ['etl/src/load/planted.ts', 'drizzle-orm/node-postgres/session'],
  ['etl/src/load/planted.ts', 'drizzle-orm'],
  ['etl/src/extract/planted.ts', '../transform/transform-batch.ts'],
  ['etl/src/load/planted.ts', '../validate/validate-batch.ts'],
  ['etl/src/fraud/rules/planted.ts', '../../warehouse/positions.ts'],
  ['etl/src/pricing/planted.ts', '../program/context.ts'],
  ['etl/src/status/planted.ts', 'drizzle-orm'],
  ['etl/src/status/planted-queries.ts', '../load/load-batch.ts'],
  ['etl/src/kafka/planted.ts', 'pg'],
  ['etl/src/kafka/planted.ts', 'kafkajs'],
  ['etl/src/kafka/kafkajs/planted.ts', 'pg'],
  ['etl/src/warehouse/planted.ts', 'kafkajs'],
  ['etl/src/planted.ts', '@pulse/producer'],
  ['producer/src/planted.ts', '@pulse/migrations/schema'],
  ['producer/src/kafka/planted.ts', '@pulse/migrations/schema'],
  ['producer/src/planted.ts', 'kafkajs'],
  ['producer/src/traffic/planted.ts', 'kafkajs/src/errors.js'],
  ['packages/contract/src/planted.ts', '@pulse/etl'],
  ['etl/src/warehouse/planted.ts', '../../../tests/support/sql.ts'],
])('%s may not import %s', (path, imported) => {
  expect(brokenRules(path, imported)).toContain('eslint(no-restricted-imports)');
});

test.each([
  ['etl/src/warehouse/planted.ts', 'pg'],
  ['etl/src/status/planted-queries.ts', 'drizzle-orm'],
  ['etl/src/kafka/kafkajs/planted.ts', 'kafkajs'],
  ['etl/src/pipeline.ts', './transform/transform-batch.ts'],
  ['producer/src/planted.ts', '@pulse/contract'],
  ['producer/src/kafka/planted.ts', 'kafkajs'],
])('%s may import %s', (path, imported) => {
  expect(brokenRules(path, imported)).not.toContain('eslint(no-restricted-imports)');
});
