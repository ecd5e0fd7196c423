import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';

import { BatchStaging, stepFolder } from '../staging/staging.ts';
import { stagingIdentity } from './staging-identity.ts';

let stagingDir: string;

beforeEach(() => {
  stagingDir = mkdtempSync(join(tmpdir(), 'staging-'));
});
afterEach(() => rmSync(stagingDir, { recursive: true }));

const step = stepFolder('extract', z.object({ readCount: z.number() }));
const output = { facts: { readCount: 7 }, files: {} };
const range = { partition: 0, epoch: 0, fromOffset: 0n, nextOffset: 9n, endOffset: 9n };
const plan = {
  topic: 'topic',
  plannedAt: new Date('2026-01-01T00:00:00Z'),
  ruleSetVersion: 'r',
  ranges: [range],
  claims: null,
};

test('files made from another plan, topic, clock, rule set or code do not count', async () => {
  const identity = stagingIdentity(plan, 'code');
  const others = [
    stagingIdentity({ ...plan, ranges: [{ ...range, epoch: 1 }] }, 'code'),
    stagingIdentity({ ...plan, ranges: [{ ...range, nextOffset: 8n }] }, 'code'),
    stagingIdentity({ ...plan, plannedAt: new Date('2026-01-01T00:00:01Z') }, 'code'),
    stagingIdentity({ ...plan, ruleSetVersion: 's' }, 'code'),
    stagingIdentity({ ...plan, topic: 'another' }, 'code'),
    stagingIdentity(plan, 'another'),
  ];
  for (const other of others) {
    await new BatchStaging(stagingDir, 'b', identity).publish(step, () => output);
    expect(new BatchStaging(stagingDir, 'b', identity).find(step)).toMatchObject(output);
    expect(new BatchStaging(stagingDir, 'b', other).find(step)).toBeUndefined();
  }
});
