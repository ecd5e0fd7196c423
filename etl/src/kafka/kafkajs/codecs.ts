import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';

import compression from 'kafkajs/src/protocol/message/compression/index.js';

import { snappyBlocks } from './snappy-blocks.ts';

const compressZstd = promisify(zstdCompress);
const decompressZstd = promisify(zstdDecompress);

/**
 * Lets kafkajs read and write the codecs that it leaves to others: snappy, lz4 and zstd. Node's zlib has zstd; the other two
 * are WebAssembly, which is compiled when a record batch first needs it.
 */
export function registerCodecs(): void {
  const { Codecs, Types } = compression;
  Codecs[Types.Snappy] = () => ({
    compress: async ({ buffer }: { buffer: Buffer }) => (await wasm()).snappyCompress(buffer),
    decompress: async (buffer: Buffer) => {
      const { snappyDecompress } = await wasm();
      return Buffer.concat(snappyBlocks(buffer).map((block) => snappyDecompress(block)));
    },
  });
  Codecs[Types.LZ4] = () => ({
    compress: async ({ buffer }: { buffer: Buffer }) => (await wasm()).lz4Compress(buffer),
    decompress: async (buffer: Buffer) => (await wasm()).lz4Decompress(buffer),
  });
  Codecs[Types.ZSTD] = () => ({
    compress: async ({ buffer }: { buffer: Buffer }) => compressZstd(buffer),
    decompress: async (buffer: Buffer) => decompressZstd(buffer),
  });
}

async function wasm() {
  return import('@platformatic/wasm-utils/bundled');
}
