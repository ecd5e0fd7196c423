/**
 * Exactly once under every injected fault: runs the real etl command against its own broker and PostgreSQL, kills all of
 * them, lets them recover, and compares the warehouse with the producer's ledger.
 * Usage: node tests/faults/main.ts [--long]. SEED=123 (or several, with commas) repeats these seeds.
 * Ends with `N passed, N failed`; 1 when a check failed.
 */
import { argv, env, stdout } from 'node:process';

import { reconnectCleanly, silenceNegativeTimeouts } from '@pulse/runtime';
import Connection from 'kafkajs/src/network/connection.js';

import { runSeed, type Counts, type Effort } from './run-seed.ts';
import { poison } from './poison.ts';
import { startServices } from './services.ts';

silenceNegativeTimeouts();
reconnectCleanly(Connection);
const isLong = argv.includes('--long');

const rare = {
  brokerPauses: 1,
  warehouseResets: 1,
  warehouseFreezes: 1,
  copyFreezes: 1,
  brokerResets: 1,
  brokerFreezes: 1,
  cutFetches: 1,
  slowLinks: 1,
  fullDisks: 1,
};
const effort: Effort = isLong
  ? {
      faults: { ...rare, kills: 2000, lostAcknowledgements: 200, databaseCrashes: 50, brokerCrashes: 20 },
      poisonKinds: poison.length,
      roundMessages: 1600,
      messages: 1_000_000,
      batchMessages: 1000,
    }
  : {
      faults: { ...rare, kills: 67, lostAcknowledgements: 7, databaseCrashes: 2, brokerCrashes: 1 },
      poisonKinds: poison.length,
      roundMessages: 60,
      messages: 0,
      batchMessages: 200,
    };
const seedCount = isLong ? 1 : 3;
const roundsPerReport = 25;

const given = (env['SEED'] ?? '').split(',').filter((seed) => /^\d+$/.test(seed));
const seeds = given.length > 0 ? given.map(Number) : Array.from({ length: seedCount }, () => randomSeed());

const print = (line: string): void => void stdout.write(`${line}\n`);
const startedMs = performance.now();
let passed = 0;
let failed = 0;
print(`seeds ${seeds.join(',')}: SEED=${seeds.join(',')} make test-faults${isLong ? '-long' : ''} runs them again`);
await using services = await startServices();
for (const seed of seeds) {
  const { counts, checks } = await runSeed(services, seed, effort, (soFar) => {
    if ((soFar['rounds'] ?? 0) % roundsPerReport === 0) print(`  ${elapsed()}: ${countsText(soFar)}`);
  });
  print(`seed ${seed}: ${countsText(counts)}`);
  for (const { name, violations } of checks) {
    print(`  ${violations.length === 0 ? '✓' : '✗'} ${name}`);
    for (const violation of violations) print(`      ${violation}`);
    if (violations.length === 0) passed += 1;
    else failed += 1;
  }
}
print(elapsed());
print(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function elapsed(): string {
  return `${((performance.now() - startedMs) / 1000).toFixed(0)} s`;
}

function countsText(counts: Counts): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}
