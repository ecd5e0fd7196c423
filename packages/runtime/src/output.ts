import process from 'node:process';

/** Ends the process at once when nobody reads its standard output any more, as in `command | head`: success, as far as asked for. */
export function exitWhenUnread(): void {
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}
