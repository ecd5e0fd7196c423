/**
 * An AbortSignal that fires on the first SIGTERM or SIGINT, so that work can finish.
 * A second signal ends the process at once, with the shell's code for that signal.
 */
export function shutdownSignal(): AbortSignal {
  const controller = new AbortController();
  const numbers = { SIGINT: 2, SIGTERM: 15 } as const;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(128 + numbers[name]);
      controller.abort(new Error(`stopped by ${name}`));
    });
  }
  return controller.signal;
}
