import Decoder from 'kafkajs/src/protocol/decoder.js';
import decodeRecordBatch from 'kafkajs/src/protocol/recordBatch/v0/decoder.js';

import type { FetchedBatch, Unreadable } from '../kafka-client.ts';

/** The header of a record batch: https://kafka.apache.org/documentation/#recordbatch */
const header = {
  length: 8,
  magic: 16,
  attributes: 21,
  lastOffsetDelta: 23,
  producerId: 43,
  recordCount: 57,
} as const;
const headerBytes = 61;
/** Up to the magic byte, which tells how the rest is laid out. */
const commonHeaderBytes = 17;
/** The first offset and the length itself are not counted in the length. */
const notInLengthBytes = 12;

const recordBatchMagic = 2;
const codecMask = 0x07;
/** By the number that a batch's attributes give. */
const codecNames = ['uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'];
const transactionalFlag = 0x10;
const controlFlag = 0x20;

/** The whole record batches at the start of a fetch's bytes, which may end within one. */
export async function decodeBatches(bytes: Buffer): Promise<FetchedBatch[]> {
  const batches: FetchedBatch[] = [];
  for (let at = 0; at + commonHeaderBytes <= bytes.length;) {
    const end = at + notInLengthBytes + bytes.readInt32BE(at + header.length);
    if (end > bytes.length) break;
    batches.push(await decodeBatch(bytes.subarray(at, end)));
    at = end;
  }
  return batches;
}

async function decodeBatch(bytes: Buffer): Promise<FetchedBatch> {
  const magic = bytes.readInt8(header.magic);
  if (magic !== recordBatchMagic || bytes.length < headerBytes) return unknownFormat(bytes, magic);
  const codec = bytes.readInt16BE(header.attributes) & codecMask;
  const codecName = codecNames[codec];
  if (codecName === undefined) {
    const known = codecNames.slice(1).join(', ');
    return unreadable(bytes, 'unknown_codec', `compression codec ${codec}; this release reads ${known}`);
  }
  try {
    return await decodeRecordBatch(new Decoder(bytes));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return unreadable(bytes, 'unreadable_batch', `damaged bytes (${codecName}: ${message})`);
  }
}

function unreadable(bytes: Buffer, kind: Unreadable['kind'], message: string): FetchedBatch {
  const attributes = bytes.readInt16BE(header.attributes);
  return {
    firstOffset: String(bytes.readBigInt64BE(0)),
    lastOffsetDelta: bytes.readInt32BE(header.lastOffsetDelta),
    isControlBatch: (attributes & controlFlag) !== 0,
    inTransaction: (attributes & transactionalFlag) !== 0,
    producerId: String(bytes.readBigInt64BE(header.producerId)),
    records: [],
    unreadable: { kind, message, recordCount: bytes.readInt32BE(header.recordCount) },
  };
}

/** Of another format only the first field is sure: an offset. */
function unknownFormat(bytes: Buffer, magic: number): FetchedBatch {
  const message = `Kafka's message format ${magic}; this release reads format ${recordBatchMagic}, which clients write since 0.11`;
  return {
    firstOffset: String(bytes.readBigInt64BE(0)),
    lastOffsetDelta: 0,
    isControlBatch: false,
    inTransaction: false,
    producerId: '-1',
    records: [],
    unreadable: { kind: 'unreadable_batch', message, recordCount: 1 },
  };
}
