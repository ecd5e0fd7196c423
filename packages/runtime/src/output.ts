import process from 'node:process';

/** Ends the process with 0 when nobody reads its standard output any more, as in `command | head`. */
export function exitWhenUnread(): void {
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}
