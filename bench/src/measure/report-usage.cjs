// Preloaded into a measured program (`node --require`): at its exit it writes what the program has used to the file
// that BENCH_USAGE_FILE names. VmHWM is the peak of this very program; getrusage's maximum would carry over the memory
// of the process that started it.
'use strict';
const { readFileSync, writeFileSync } = require('node:fs');

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  let peakBytes = maxRSS * 1024;
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (peak !== null) peakBytes = Number(peak[1]) * 1024;
  } catch {
    // No /proc here, as on macOS, whose maximum is the program's own.
  }
  const usage = { cpuMs: (userCPUTime + systemCPUTime) / 1000, peakBytes };
  // oxlint-disable-next-line node/no-process-env -- a preload has no arguments
  writeFileSync(process.env.BENCH_USAGE_FILE, JSON.stringify(usage));
});
