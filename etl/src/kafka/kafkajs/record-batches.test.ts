import compression from 'kafkajs/src/protocol/message/compression/index.js';
import { expect, test } from 'vitest';

import { registerCodecs } from './codecs.ts';
import lz4Frames from './lz4-frames.json' with { type: 'json' };
import { decodeBatches } from './record-batches.ts';
import { recordedBatches } from '../recorded-batches.ts';

registerCodecs();

/** What the frames of lz4-frames.json hold: 700 times 200 letters. */
function framedText(): string {
  let x = 7;
  let letters = '';
  for (let index = 0; index < 200; index += 1) {
    x = Number((BigInt(x) * 1_103_515_245n + 12_345n) % 2n ** 31n);
    letters += String.fromCodePoint(97 + ((x >> 16) % 26));
  }
  return letters.repeat(700);
}

test.each(recordedBatches)('$name: a record batch of this client and codec is read', async ({ name, bytes }) => {
  const [batch] = await decodeBatches(bytes);
  expect(batch?.unreadable).toBeUndefined();
  expect(batch?.records.map(({ value }) => JSON.parse(String(value)).order_id)).toEqual(
    Array.from({ length: 6 }, (_, index) => `${name}-${index}`),
  );
});

test.each(Object.entries(lz4Frames))('an LZ4 frame with %s is read', async (_, base64) => {
  const { decompress } = compression.Codecs[compression.Types.LZ4]();
  expect(String(await decompress(Buffer.from(base64, 'base64')))).toBe(framedText());
});

test('snappy of several of Java’s blocks, and of joined streams, is read in order', async () => {
  const { compress, decompress } = compression.Codecs[compression.Types.Snappy]();
  const block = async (text: string): Promise<Buffer> => {
    const bytes: Buffer = await compress({ buffer: Buffer.from(text) });
    const length = Buffer.alloc(4);
    length.writeInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const head = Buffer.from('82534e41505059000000000100000001', 'hex');
  const bytes = Buffer.concat([head, await block('one, '), await block('two, '), head, await block('three')]);
  expect(String(await decompress(bytes))).toBe('one, two, three');
});

test.each([5, 6, 7])(
  'a record batch of the coming codec %i says so, and is not taken for plain bytes',
  async (codec) => {
    const bytes = Buffer.from(recordedBatches[0]?.bytes ?? '');
    bytes.writeInt16BE(codec, 21);
    const [batch] = await decodeBatches(bytes);
    expect(batch?.records).toEqual([]);
    expect(batch?.unreadable).toEqual({
      kind: 'unknown_codec',
      message: `compression codec ${codec}; this release reads gzip, snappy, lz4, zstd`,
      recordCount: 6,
    });
  },
);

test.each(recordedBatches)('$name: a damaged record batch says so', async ({ bytes }) => {
  const damaged = Buffer.concat([bytes.subarray(0, 61), Buffer.alloc(bytes.length - 61, 0x7e)]);
  const [batch] = await decodeBatches(damaged);
  expect(batch?.unreadable).toMatchObject({ kind: 'unreadable_batch', recordCount: 6 });
});

test('a message of Kafka before 0.11 says so', async () => {
  const bytes = Buffer.from(recordedBatches[0]?.bytes ?? '');
  bytes.writeInt8(1, 16);
  const [batch] = await decodeBatches(bytes);
  expect(batch?.unreadable).toMatchObject({ kind: 'unreadable_batch', message: expect.stringContaining('format 1') });
});
