import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** The machine of the measurement, and its load when the run began. */
export interface Machine {
  readonly cpus: number;
  readonly cpuModel: string;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  /** Load average of the last minute. If it is above `cpus`, times are too long. */
  readonly loadAverage: number;
}

export function describeMachine(): Machine {
  const [first, ...others] = cpus();
  const [lastMinute = 0] = loadavg();
  return {
    cpus: others.length + 1,
    cpuModel: first?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 1e9),
    system: `${platform()} ${arch()} ${release()}`,
    node: process.version,
    loadAverage: Math.round(lastMinute * 10) / 10,
  };
}

/** The machine as one line. */
export function showMachine({ cpus: count, cpuModel, memoryGb, node, loadAverage }: Machine): string {
  return `${count} CPUs (${cpuModel}), ${memoryGb} GB, Node ${node}; load average at the start ${loadAverage}`;
}
