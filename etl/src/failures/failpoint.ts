import { writeSync } from 'node:fs';
import { kill, pid } from 'node:process';

/**
 * Where a fault test can make a step die: before and after everything that it writes. A name with a colon belongs to the
 * step that it names.
 */
export const failpoints = [
  'before-plan',
  'after-plan',
  'mid-read',
  'before-stage:extract',
  'after-stage:extract',
  'before-stage:validate',
  'after-stage:validate',
  'before-stage:transform',
  'after-stage:transform',
  'mid-copy',
  'before-commit',
  'after-commit',
  'before-mirror',
  'after-mirror',
] as const;
export type Failpoint = (typeof failpoints)[number];

/** A failpoint that is set: at its `nth` passing the process kills itself, or hangs with all that it holds. */
export interface ArmedFailpoint {
  readonly name: Failpoint;
  readonly nth: number;
  readonly action: 'kill' | 'hang';
}

const pattern = /^(?<name>.+?)(?:#(?<nth>[1-9]\d{0,5}))?(?:=(?<action>kill|hang))?$/;

/** Reads NAME, NAME#3, NAME=hang or NAME#3=hang; undefined for anything else. */
export function parseFailpoint(text: string): ArmedFailpoint | undefined {
  const { name, nth = '1', action = 'kill' } = pattern.exec(text)?.groups ?? {};
  const known = failpoints.find((failpointName) => failpointName === name);
  if (known === undefined) return undefined;
  return { name: known, nth: Number(nth), action: action === 'hang' ? 'hang' : 'kill' };
}

let armed: ArmedFailpoint | undefined;
let passed = 0;

/** Sets the failpoint of this process, or none. */
export function armFailpoint(failpointOrNone: ArmedFailpoint | undefined): void {
  armed = failpointOrNone;
  passed = 0;
}

/** Kills or hangs this process if this failpoint is set; otherwise one comparison. */
export function failpoint(name: Failpoint): void {
  if (armed?.name !== name) return;
  passed += 1;
  if (passed !== armed.nth) return;
  writeLine(`ETL_FAILPOINT=${name}: this process ${armed.action === 'kill' ? 'kills itself' : 'hangs'} here`);
  if (armed.action === 'kill') kill(pid, 'SIGKILL');
  // Nothing wakes it: the process keeps its locks and its connections.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** Written synchronously, for the process ends here; a reader that is gone or slow must not keep it alive. */
function writeLine(line: string): void {
  try {
    writeSync(2, `${line}\n`);
  } catch {
    // Standard error is closed.
  }
}
