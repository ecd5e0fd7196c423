import process from 'node:process';

/**
 * Ends the process at once on SIGTERM or SIGINT, with the shell's code for that signal. For programs whose work may be cut
 * off anywhere. As the first process of a container Node would otherwise not hear them.
 */
export function exitOnSignals(): void {
  process.once('SIGTERM', () => process.exit(143));
  process.once('SIGINT', () => process.exit(130));
}
