import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { execa } from 'execa';

import { install } from './setup/install.ts';
import { installed, root } from './setup/paths.ts';
import type { Progress } from './setup/progress.ts';
import { installPython, pythonProgram } from './setup/python.ts';
import { addCounts, countJunit, countVitest, summaryLine, type TestCounts } from './test-summary.ts';

/** The suites in the order in which they run: the fastest first. */
const suites = ['unit', 'dags', 'integration', 'preview', 'e2e', 'grafana'] as const;
type Suite = (typeof suites)[number];
/** Runs only on request: it needs a Grafana, which not every machine has. */
const onDemand: ReadonlySet<Suite> = new Set(['grafana']);

/**
 * Installs what tests need, runs the suites (by default all but those on request) and prints one line with the sum.
 * @returns 1 if a test failed or a suite could not run, else 0.
 */
export async function runTests(wanted: readonly string[], progress: Progress): Promise<number> {
  const chosen = suites.filter((suite) => (wanted.length === 0 ? !onDemand.has(suite) : wanted.includes(suite)));
  await install(progress);
  if (chosen.includes('dags')) await progress.step('Python environment with pytest', () => installPython('venv-dev'));
  const reports = join(installed, 'reports');
  await rm(reports, { recursive: true, force: true });
  await mkdir(reports, { recursive: true });
  const counts: TestCounts[] = [];
  for (const suite of chosen) counts.push(await (suite === 'dags' ? runPytest(reports) : runVitest(suite, reports)));
  const all = addCounts(counts);
  process.stdout.write(`\n${summaryLine(all)}\n`);
  return all.failed === 0 ? 0 : 1;
}

async function runVitest(suite: Exclude<Suite, 'dags'>, reports: string): Promise<TestCounts> {
  const report = join(reports, `${suite}.json`);
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const result = await execa(process.execPath, [vitest, 'run', '--project', suite, ...reporters], inheritAll);
  return await countsOf(report, countVitest, result.exitCode);
}

async function runPytest(reports: string): Promise<TestCounts> {
  const report = join(reports, 'dags.xml');
  const pytest = pythonProgram('venv-dev', 'pytest');
  const env = { AIRFLOW_HOME: join(reports, 'airflow') };
  const result = await execa(pytest, [join('tests', 'dags'), `--junit-xml=${report}`], { ...inheritAll, env });
  return await countsOf(report, countJunit, result.exitCode);
}

const inheritAll = { cwd: root, stdio: 'inherit', reject: false } as const;

/** A suite that failed without a failed test, or left no report, counts as one failure. */
async function countsOf(
  file: string,
  count: (report: string) => TestCounts,
  code: number | undefined,
): Promise<TestCounts> {
  const report = await readFile(file, 'utf8').catch(() => undefined);
  const counts = report === undefined ? { passed: 0, failed: 0 } : count(report);
  return code === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}
