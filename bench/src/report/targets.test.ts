import { expect, test } from 'vitest';

import type { Spread } from '../measure/spread.ts';
import type { SizeReport, StepReport } from './report.ts';
import { checkTargets } from './targets.ts';

const exactly = (value: number): Spread => ({ median: value, min: value, max: value });

interface Changes {
  readonly wallMs?: number;
  readonly emptyMs?: number;
  readonly ratio?: number;
  readonly peakMb?: Spread;
}

function aSize(messages: number, { wallMs = 100, emptyMs = 100, ratio = 1, peakMb = exactly(100) }: Changes = {}) {
  const { median, min, max } = peakMb;
  const peakBytes = { median: median * 1e6, min: min * 1e6, max: max * 1e6 };
  const step: StepReport = { wallMs: exactly(wallMs / 4), cpuMs: exactly(1), peakBytes };
  const size: SizeReport = {
    messages,
    rows: messages,
    duplicates: 0,
    rejected: 0,
    rounds: 5,
    batch: {
      steps: { extract: step, validate: step, transform: step, load: step },
      wallMs: exactly(wallMs),
      cpuMs: exactly(4),
      rowsPerSecond: exactly(1),
      postgresCpuMs: null,
      kafkaCpuMs: null,
    },
    baselines: [],
    emptyWallMs: exactly(emptyMs),
    reference: null,
    ratio: exactly(ratio),
  };
  return size;
}

const missed = (sizes: readonly SizeReport[]) =>
  checkTargets(sizes)
    .filter(({ isMet }) => !isMet)
    .map(({ target, measured }) => `${target}: ${measured}`);

test('figures on the limit meet it', () => {
  const sizes = [
    aSize(1_000, { wallMs: 500, emptyMs: 300 }),
    aSize(100_000, { peakMb: exactly(240) }),
    aSize(1_000_000, { ratio: 0.5, peakMb: exactly(300) }),
  ];
  expect(missed(sizes)).toEqual([]);
});

test('time targets are checked at 1,000 messages', () => {
  expect(missed([aSize(1_000, { wallMs: 501, emptyMs: 301 }), aSize(2_000, { wallMs: 5_000 })])).toEqual([
    '1,000 messages, four steps ≤ 0.5 s: 0.501 s',
    'an empty batch ≤ 0.3 s: 0.301 s',
  ]);
});

test('the rate is checked at 1,000,000 messages', () => {
  expect(missed([aSize(1_000, { ratio: 0.1 }), aSize(1_000_000, { ratio: 0.49 })])).toEqual([
    "1,000,000 messages, rate divided by the plain COPY's ≥ 0.5: 0.49",
  ]);
});

test('the highest peak of any round is compared with the memory target', () => {
  expect(missed([aSize(2_000, { peakMb: { median: 200, min: 100, max: 301 } })])).toEqual([
    "2,000 messages, every step's memory ≤ 300 MB: extract 301 MB",
  ]);
});

test('memory that grows with the batch is not flat', () => {
  expect(missed([aSize(100_000), aSize(1_000_000, { peakMb: exactly(126) })])).toEqual([
    'memory flat from 100,000 to 1,000,000 messages: ≤ 1.25 times: extract 1.26 times',
  ]);
});

test('parts that were left out are not checked', () => {
  expect(checkTargets([{ ...aSize(1_000), batch: null, emptyWallMs: null, ratio: null }])).toEqual([]);
});
