import process from 'node:process';

/**
 * Suppresses one warning of Node: kafkajs 2.2.4 sets a negative timer once per process, which Node 24 reports and rounds up
 * to one millisecond. All other warnings are printed.
 */
export function silenceNegativeTimeouts(): void {
  const printers = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name === 'TimeoutNegativeWarning') return;
    for (const print of printers) print(warning);
  });
}
