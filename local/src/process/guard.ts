import { spawn } from 'node:child_process';

export interface Guarded {
  readonly pid: number;
  readonly signal: NodeJS.Signals;
  /** Removed once the process has gone. */
  readonly removeFolder?: string | undefined;
}

export interface Guard {
  /** Stops guarding: the process has ended, or is meant to continue. */
  release(): void;
}

/**
 * Ends a process when this one ends for any reason. A small shell reads from a pipe that only this process holds open: a
 * line releases it; the end of the pipe, which even SIGKILL causes, makes it end the guarded process.
 */
export function guardProcess(guarded: Guarded): Guard {
  const { pid, signal, removeFolder = '' } = guarded;
  const guard = spawn('sh', ['-c', script, 'guard', signal.replace('SIG', ''), String(pid), removeFolder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  // The pipe breaks if somebody kills the guard; the server is then unguarded.
  guard.stdin.on('error', () => undefined);
  return { release: () => void guard.stdin.end('release\n') };
}

const script = `
read -r word && exit 0
kill -s "$1" "$2" 2>/dev/null
tries=0
while kill -0 "$2" 2>/dev/null && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
kill -s KILL "$2" 2>/dev/null
[ -z "$3" ] || rm -rf -- "$3"
`;
