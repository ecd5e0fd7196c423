/**
 * Plants faults in a copy of the working tree, one at a time, and runs for each the one test that must see it: a mutant
 * that survives, or that no longer fits the code, fails. The checkout itself is never touched.
 * Usage: node tests/mutants/main.ts [WORD], for those mutants whose name has the word. Ends with `N passed, N failed`.
 */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { argv, stdout } from 'node:process';

import { startKafka, startPostgres } from '@pulse/local';
import { silenceNegativeTimeouts } from '@pulse/runtime';
import { execa } from 'execa';

import { mutants, plantIn, type Mutant, type TargetedTest } from './mutants.ts';

const root = join(import.meta.dirname, '../..');
const testTimeoutMs = 180_000;

silenceNegativeTimeouts();
const wanted = mutants.filter(({ name }) => name.includes(argv[2] ?? ''));
await using copy = await copyOfTree();
await using kafka = await startKafka({
  properties: { 'offsets.topic.num.partitions': '1', 'transaction.state.log.num.partitions': '1' },
});
await using postgres = await startPostgres({ settings: { fsync: 'off', max_connections: '200' } });
const services = {
  TEST_SERVICES: 'environment',
  TEST_KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrapServers,
  TEST_WAREHOUSE_URL: postgres.url(),
};

let passed = 0;
let failed = 0;
const report = (isGood: boolean, words: string): void => {
  stdout.write(`${isGood ? '✓' : '✗'} ${words}\n`);
  if (isGood) passed += 1;
  else failed += 1;
};

for (const mutant of wanted) {
  const startedMs = performance.now();
  const fate = await tryMutant(mutant);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  report(fate === 'caught', `${mutant.name}: ${fate} (${mutant.test.file}, ${seconds} s)`);
}
stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

type Fate = 'caught' | 'SURVIVED' | 'no longer applies' | 'its test fails without it';

async function tryMutant(mutant: Mutant): Promise<Fate> {
  const { file, test } = mutant;
  const path = join(copy.folder, file);
  const source = await readFile(path, 'utf8');
  const mutated = plantIn(source, mutant);
  if (mutated === undefined) return 'no longer applies';
  // A test that fails anyhow proves nothing.
  if ((await runTest(test)) !== 'passed') return 'its test fails without it';
  await writeFile(path, mutated);
  try {
    return (await runTest(test)) === 'failed' ? 'caught' : 'SURVIVED';
  } finally {
    await writeFile(path, source);
  }
}

/** Runs one test in the copy. @throws Error when no test of that name ran. */
async function runTest({ project, file, name }: TargetedTest): Promise<'passed' | 'failed'> {
  const output = join(copy.folder, 'mutant-report.json');
  await rm(output, { force: true });
  const vitest = join(copy.folder, 'node_modules/vitest/vitest.mjs');
  const args = ['run', '--project', project, file, '-t', name, '--reporter=json', `--outputFile=${output}`];
  const { all } = await execa(process.execPath, [vitest, ...args], {
    cwd: copy.folder,
    env: { ...services },
    reject: false,
    all: true,
    timeout: testTimeoutMs,
  });
  const text = await readFile(output, 'utf8').catch(() => '{}');
  const { numPassedTests = 0, numFailedTests = 0, testResults = [] } = JSON.parse(text);
  // Tests do not run, and are not counted, where what they have in common fails before them.
  const isBroken = testResults.some(({ status }: { readonly status: string }) => status === 'failed');
  if (isBroken) return 'failed';
  if (numPassedTests + numFailedTests === 0) throw new Error(`no test of ${file} begins with ${name}:\n${all}`);
  return numFailedTests === 0 ? 'passed' : 'failed';
}

/** The files that git knows or would take, and the installed packages by links. */
async function copyOfTree(): Promise<AsyncDisposable & { readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'pulse-mutants-'));
  const { stdout: list } = await execa('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  const files = list.split('\n').filter((file) => file !== '');
  for (const file of files) {
    await cp(join(root, file), join(folder, file), { recursive: true }).catch((error: unknown) => {
      // Deleted in the working tree, and still known to git.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    });
  }
  const packages = files.filter((file) => file.endsWith('package.json')).map((file) => dirname(file));
  for (const name of packages) {
    await symlink(join(root, name, 'node_modules'), join(folder, name, 'node_modules')).catch(() => undefined);
  }
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
