import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';

import compression from 'kafkajs/src/protocol/message/compression/index.js';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Lets kafkajs read and write zstd, which it leaves to others. Node's zlib has it. */
export function registerZstd(): void {
  compression.Codecs[compression.Types.ZSTD] = () => ({
    compress: async ({ buffer }: { buffer: Buffer }) => compress(buffer),
    decompress: async (buffer: Buffer) => decompress(buffer),
  });
}
