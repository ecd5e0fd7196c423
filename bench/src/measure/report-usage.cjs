// Preloaded into a measured program (`node --require`): at exit it writes the program's usage to BENCH_USAGE_FILE. VmHWM
// is the peak of this program; getrusage's maximum would include the memory of the process that started it.
'use strict';
const { readFileSync, writeFileSync } = require('node:fs');

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  let peakBytes = maxRSS * 1024;
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (peak !== null) peakBytes = Number(peak[1]) * 1024;
  } catch {
    // There is no /proc, as on macOS, where getrusage's maximum is that of the program.
  }
  const usage = { cpuMs: (userCPUTime + systemCPUTime) / 1000, peakBytes };
  // oxlint-disable-next-line node/no-process-env -- a preload has no arguments
  writeFileSync(process.env.BENCH_USAGE_FILE, JSON.stringify(usage));
});
