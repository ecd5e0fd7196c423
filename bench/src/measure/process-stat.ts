/** The CPU time in a line of Linux's /proc/PID/stat. Ticks are hundredths of a second. */
export interface ProcessStat {
  readonly parentPid: number;
  /** User and system time of the process and of its children that have ended. */
  readonly ticks: number;
}

/**
 * Reads a line of /proc/PID/stat (proc_pid_stat(5)): the program's name, in parentheses, may contain any character.
 * @throws Error if it has another form.
 */
export function parseProcessStat(line: string): ProcessStat {
  const fields = line
    .slice(line.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [, parentPid] = fields;
  const times = fields.slice(11, 15);
  if (parentPid === undefined || times.length < 4 || times.some((time) => !Number.isFinite(time))) {
    throw new Error(`not a line of /proc/PID/stat: ${line}`);
  }
  return { parentPid, ticks: times.reduce((sum, time) => sum + time, 0) };
}
