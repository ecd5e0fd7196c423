import process from 'node:process';

/**
 * Ends the process at once on SIGTERM or SIGINT, with the shell's code for that signal. For programs that may stop at any
 * point. As the first process of a container Node would otherwise ignore both signals.
 */
export function exitOnSignals(): void {
  process.once('SIGTERM', () => process.exit(143));
  process.once('SIGINT', () => process.exit(130));
}
