import { expect, test } from 'vitest';

import type { BatchRun } from '../batch.ts';
import { reportSize } from './report.ts';

const truth = { messages: 10, valid: 10, duplicates: 0, malformed: 0, amountByCurrency: new Map() };

function aBatch(wallMs: number, cpuMs: number) {
  const step = { wallMs: wallMs / 4, cpuMs: cpuMs / 4, peakBytes: 1 };
  const summary: BatchRun['summary'] = {
    state: 'loaded',
    planned: 10,
    read: 10,
    loaded: 10,
    duplicates: 0,
    rejected: 0,
  };
  const steps = { extract: step, validate: step, transform: step, load: step };
  return { steps, wallMs, summary, postgresCpuMs: null, kafkaCpuMs: null };
}

test('another command is compared round by round, not median by median', () => {
  const rounds = [
    { batch: aBatch(100, 30), baselines: [aBatch(50, 10)], emptyWallMs: undefined, reference: undefined },
    { batch: aBatch(200, 10), baselines: [aBatch(400, 10)], emptyWallMs: undefined, reference: undefined },
    { batch: aBatch(900, 20), baselines: [aBatch(300, 10)], emptyWallMs: undefined, reference: undefined },
  ];
  expect(reportSize(truth, ['/other/etl'], rounds).baselines).toEqual([
    { command: '/other/etl', wall: { median: 2, min: 0.5, max: 3 }, cpu: { median: 2, min: 1, max: 3 } },
  ]);
});
