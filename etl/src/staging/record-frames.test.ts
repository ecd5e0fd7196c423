import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { RawRecord } from '../kafka/raw-record.ts';
import { frameSize, frameSizeAt, readFrame, writeFrame } from './record-frames.ts';

const bytes = fc.option(
  fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array)),
  { nil: null },
);
const records: fc.Arbitrary<RawRecord> = fc.record({
  partition: fc.nat(),
  offset: fc.maxSafeNat(),
  timestampMs: fc.maxSafeNat(),
  key: bytes,
  value: bytes,
});

test('a record comes out of its frame as it went in, with null and empty kept apart', () => {
  fc.assert(
    fc.property(fc.array(records, { minLength: 1, maxLength: 8 }), (written) => {
      const target = Buffer.alloc(written.reduce((size, record) => size + frameSize(record), 0));
      let at = 0;
      for (const record of written) {
        writeFrame(target, at, record);
        at += frameSize(record);
      }
      const read: RawRecord[] = [];
      for (at = 0; at < target.length; at += frameSizeAt(target, at) ?? target.length) read.push(readFrame(target, at));
      expect(read).toEqual(written);
    }),
  );
});
