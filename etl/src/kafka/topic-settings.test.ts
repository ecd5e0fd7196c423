import { expect, test } from 'vitest';

import { UsageError } from '../failures/errors.ts';
import { refuseCompaction, topicSettingsOf } from './topic-settings.ts';

test.each([
  [
    { 'cleanup.policy': 'delete', 'retention.ms': '604800000' },
    { isCompacted: false, retentionMs: 604_800_000 },
  ],
  [
    { 'cleanup.policy': 'compact', 'retention.ms': '604800000' },
    { isCompacted: true, retentionMs: null },
  ],
  [
    { 'cleanup.policy': 'compact,delete', 'retention.ms': '1000' },
    { isCompacted: true, retentionMs: 1000 },
  ],
  [
    { 'cleanup.policy': 'delete', 'retention.ms': '-1' },
    { isCompacted: false, retentionMs: null },
  ],
])('%o is %o', (values, expected) => {
  expect(topicSettingsOf(new Map(Object.entries(values)))).toEqual(expected);
});

test('a compacted topic is refused by name unless compaction is allowed', () => {
  const compacted = { isCompacted: true, retentionMs: null };
  expect(() => refuseCompaction('sales', compacted, false)).toThrow(UsageError);
  expect(() => refuseCompaction('sales', compacted, false)).toThrow('topic sales has cleanup.policy=compact');
  expect(() => refuseCompaction('sales', compacted, true)).not.toThrow();
  expect(() => refuseCompaction('sales', { isCompacted: false, retentionMs: null }, false)).not.toThrow();
});
