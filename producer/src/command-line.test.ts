import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { variableNames } from './config.ts';
import { malformedKinds } from './traffic/corruptions.ts';

/** These have no flag. */
const withoutFlag = new Set(['KAFKA_PORT', 'PRODUCER_ALLOW_PRODUCTION']);

test('the help, from the source as Node.js runs it, names each variable and each kind of malformed messages', () => {
  const help = execFileSync(process.execPath, [join(import.meta.dirname, 'main.ts'), '--help'], { encoding: 'utf8' });
  const named = [...variableNames.filter((name) => !withoutFlag.has(name)), ...malformedKinds];
  expect(named.filter((name) => !help.includes(name))).toEqual([]);
});
