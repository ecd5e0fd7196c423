import { readdir, readFile } from 'node:fs/promises';

import { parseProcessStat, type ProcessStat } from './process-stat.ts';

const tickMs = 10;

/** CPU time of a server and its children so far, in milliseconds. */
export type CpuMeter = () => Promise<number | null>;

/** For a server whose process can not be seen. */
export const noCpuMeter: CpuMeter = async () => null;

/** Reads a server's CPU time from /proc; null where there is no /proc. */
export function cpuMeterOf(pid: number): CpuMeter {
  return async () => {
    const entries = await readdir('/proc').catch(() => []);
    const stats = await Promise.all(entries.filter((name) => /^\d+$/.test(name)).map(readStat));
    const own = stats.filter((found) => found !== undefined).filter(({ id, stat }) => isOf(pid, id, stat));
    return own.length === 0 ? null : own.reduce((sum, { stat }) => sum + stat.ticks * tickMs, 0);
  };
}

function isOf(serverPid: number, id: number, { parentPid }: ProcessStat): boolean {
  return id === serverPid || parentPid === serverPid;
}

/** Undefined if the process has ended meanwhile. */
async function readStat(id: string): Promise<{ readonly id: number; readonly stat: ProcessStat } | undefined> {
  const line = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => undefined);
  return line === undefined ? undefined : { id: Number(id), stat: parseProcessStat(line) };
}

/** The CPU time of some work: the meter after it minus before it. */
export async function cpuDuring<Result>(
  meter: CpuMeter,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly cpuMs: number | null }> {
  const beforeMs = await meter();
  const result = await work();
  const afterMs = await meter();
  return { result, cpuMs: beforeMs === null || afterMs === null ? null : afterMs - beforeMs };
}
