/**
 * Exactly once, under every fault that can be made: runs the real etl command against a broker and a PostgreSQL of its
 * own, kills all of them, heals, and compares the warehouse with the producer's own ledger.
 * Usage: node tests/faults/main.ts [--long]. SEED=123 (or several, with commas) runs these seeds again.
 * Ends with `N passed, N failed`; 1 when a check failed.
 */
import { argv, env, stdout } from 'node:process';

import { reconnectCleanly, silenceNegativeTimeouts } from '@pulse/runtime';
import Connection from 'kafkajs/src/network/connection.js';

import { runSeed, type Counts, type Effort } from './driver.ts';
import { poison } from './poison.ts';
import { openStand } from './stand.ts';

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
await using stand = await openStand();
for (const seed of seeds) {
  const { counts, checks } = await runSeed(stand, seed, effort, (soFar) => {
    if ((soFar['rounds'] ?? 0) % roundsPerReport === 0) print(`  ${elapsed()}: ${inWords(soFar)}`);
  });
  print(`seed ${seed}: ${inWords(counts)}`);
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

function inWords(counts: Counts): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}
