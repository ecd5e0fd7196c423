import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';

import { ConfigError } from '@pulse/runtime';
import * as z from 'zod';

/**
 * A backup is one zstd stream of frames: a byte with the kind, four bytes with the length (big-endian), and the content. First
 * a header, then for each table its name and columns and its rows in COPY's text format, in pieces, and last a trailer.
 */
const kinds = { header: 1, table: 2, rows: 3, trailer: 4 } as const;

export type Frame =
  | { readonly kind: 'header'; readonly header: BackupHeader }
  | { readonly kind: 'table'; readonly table: BackupTable }
  | { readonly kind: 'rows'; readonly bytes: Buffer }
  | { readonly kind: 'trailer'; readonly trailer: BackupTrailer };

const header = z.object({
  format: z.literal('global-sales-pulse warehouse'),
  version: z.literal(1),
  createdAt: z.iso.datetime(),
  serverVersion: z.string(),
  /** Hashes of the migrations that had made the tables. */
  migrations: z.array(z.string()),
  /** Missing in backups of releases that did not record it. */
  release: z.object({ codeVersion: z.string().nullable(), lastMigration: z.string().nullable() }).optional(),
  /** Last value of each sequence, as text; null for one that was never used. */
  sequences: z.record(z.string(), z.string().nullable()),
});
export type BackupHeader = z.output<typeof header>;

const table = z.object({ name: z.string(), columns: z.array(z.string()) });
export type BackupTable = z.output<typeof table>;

const trailer = z.object({ rowCounts: z.record(z.string(), z.number()) });
type BackupTrailer = z.output<typeof trailer>;

/** Writes a backup that gets its name only when it is complete. */
export async function writeBackupFile(file: string, frames: AsyncIterable<Frame>): Promise<void> {
  const partial = `${file}.partial`;
  await mkdir(dirname(file), { recursive: true });
  try {
    // A backup contains all data of the warehouse, so only its owner may read it.
    await pipeline(Readable.from(encoded(frames)), createZstdCompress(), createWriteStream(partial, { mode: 0o600 }));
    await rename(partial, file);
  } finally {
    await rm(partial, { force: true });
  }
}

async function* encoded(frames: AsyncIterable<Frame>): AsyncGenerator<Buffer, void> {
  for await (const frame of frames) {
    const payload = payloadOf(frame);
    const head = Buffer.alloc(5);
    head.writeUInt8(kinds[frame.kind], 0);
    head.writeUInt32BE(payload.length, 1);
    yield Buffer.concat([head, payload]);
  }
}

function payloadOf(frame: Frame): Buffer {
  switch (frame.kind) {
    case 'header':
      return Buffer.from(JSON.stringify(frame.header));
    case 'table':
      return Buffer.from(JSON.stringify(frame.table));
    case 'rows':
      return frame.bytes;
    case 'trailer':
      return Buffer.from(JSON.stringify(frame.trailer));
    default:
      return frame satisfies never;
  }
}

/** Reads a backup's frames in order. @throws ConfigError for another kind of file, or one that is cut short. */
export async function* readBackupFile(file: string): AsyncGenerator<Frame, void> {
  const source = createReadStream(file);
  const unpacked = source.pipe(createZstdDecompress());
  source.on('error', (error) => unpacked.destroy(error));
  let rest: Buffer = Buffer.alloc(0);
  let isWhole = false;
  try {
    for await (const chunk of unpacked) {
      rest = Buffer.concat([rest, chunk]);
      for (let length = frameLength(rest); length !== undefined; length = frameLength(rest)) {
        const frame = decoded(rest.subarray(0, length));
        rest = rest.subarray(length);
        isWhole = frame.kind === 'trailer';
        yield frame;
      }
    }
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const cause = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${file} can not be read as a backup: ${cause}`);
  } finally {
    source.destroy();
  }
  if (!isWhole || rest.length > 0) throw new ConfigError(`${file} is no whole backup: it ends too soon`);
}

/** Undefined while the frame is incomplete. */
function frameLength(bytes: Buffer): number | undefined {
  if (bytes.length < 5) return undefined;
  const length = 5 + bytes.readUInt32BE(1);
  return bytes.length < length ? undefined : length;
}

function decoded(bytes: Buffer): Frame {
  const payload = bytes.subarray(5);
  switch (bytes.readUInt8(0)) {
    case kinds.header:
      return { kind: 'header', header: header.parse(JSON.parse(payload.toString())) };
    case kinds.table:
      return { kind: 'table', table: table.parse(JSON.parse(payload.toString())) };
    case kinds.rows:
      return { kind: 'rows', bytes: payload };
    case kinds.trailer:
      return { kind: 'trailer', trailer: trailer.parse(JSON.parse(payload.toString())) };
    default:
      throw new ConfigError('the file is no backup of this program');
  }
}
