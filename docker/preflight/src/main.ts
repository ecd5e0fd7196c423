/**
 * Checks the settings of production before anything starts: names each wrong variable, one line each, and ends with 64 if
 * there is one.
 */
import process from 'node:process';

import { exitCode } from '@pulse/runtime';

import { checkProduction } from './check-production.ts';

const refusals = checkProduction(process.env);
for (const { name, problem, remedy } of refusals) process.stderr.write(`${name} ${problem}: ${remedy}\n`);
if (refusals.length > 0) {
  process.stderr.write(
    `${refusals.length} wrong settings; nothing was started. .env.example explains each variable.\n`,
  );
  process.exitCode = exitCode.usage;
} else {
  process.stdout.write('The settings of production are correct.\n');
}
