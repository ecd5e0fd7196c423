/**
 * Runs the suites inside docker-compose.test.yaml, adds the DAG tests' report, and ends with `N passed, N failed`.
 * Usage: node tests/run-suites.ts [unit|integration|e2e|dags ...], all by default. Exits with 1 if a test failed, or if a
 * suite could not run.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv, env, stdout } from 'node:process';

import { execa } from 'execa';

import { addCounts, countJunit, countVitest, summaryLine, type TestCounts } from '../local/src/test-summary.ts';

/** The quickest to fail first; the DAG tests ran before, in an image of their own. */
const suites = ['dags', 'unit', 'integration', 'e2e'] as const;

const reports = env['TEST_REPORTS_DIR'] ?? '/reports';
const wanted = argv.slice(2);
const chosen = suites.filter((suite) => wanted.length === 0 || wanted.includes(suite));

const counts: TestCounts[] = [];
for (const suite of chosen) counts.push(suite === 'dags' ? await dagTests() : await vitest(suite));
const all = addCounts(counts);
stdout.write(`\n${summaryLine(all)}\n`);
process.exitCode = all.failed === 0 && all.passed > 0 ? 0 : 1;

async function dagTests(): Promise<TestCounts> {
  const output = await readFile(join(reports, 'dags.log'), 'utf8').catch(() => '');
  stdout.write(output);
  const report = await readFile(join(reports, 'dags.xml'), 'utf8').catch(() => undefined);
  return report === undefined ? { passed: 0, failed: 1 } : countJunit(report);
}

async function vitest(suite: string): Promise<TestCounts> {
  const report = join(reports, `${suite}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { exitCode } = await execa('vitest', ['run', '--project', suite, ...reporters], {
    stdio: 'inherit',
    reject: false,
  });
  const text = await readFile(report, 'utf8').catch(() => undefined);
  const counted = text === undefined ? { passed: 0, failed: 0 } : countVitest(text);
  return exitCode === 0 || counted.failed > 0 ? counted : { ...counted, failed: 1 };
}
