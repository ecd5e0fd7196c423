import process from 'node:process';

/**
 * Keeps one warning of Node quiet: kafkajs 2.2.4 sets a timer into the past once a process, which Node 24 mentions and
 * rounds up to one millisecond. All others are printed as ever.
 */
export function silenceNegativeTimeouts(): void {
  const printers = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name === 'TimeoutNegativeWarning') return;
    for (const print of printers) print(warning);
  });
}
