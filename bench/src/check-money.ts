import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';

const test = 'etl/src/pricing/money-reference.test.ts';

/**
 * Runs each property test of money with `cases` random cases.
 * @throws Error if a case differs from the reference.
 */
export async function checkMoney(root: string, cases: number, signal: AbortSignal): Promise<object> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const startedMs = performance.now();
  const child = spawn(process.execPath, [vitest, 'run', '--project', 'unit', test], {
    cwd: root,
    env: { ...process.env, MONEY_CASES: String(cases) },
    stdio: 'inherit',
    signal,
  });
  const [exitCode] = await once(child, 'exit');
  if (exitCode !== 0) throw new Error('tax or conversion differs from the reference: see above');
  return { money: { casesOfEachProperty: cases, durationMs: Math.round(performance.now() - startedMs) } };
}
