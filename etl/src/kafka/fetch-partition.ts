import type { Broker } from 'kafkajs/src/cluster/index.js';
import Decoder from 'kafkajs/src/protocol/decoder.js';
import createFetchRequest from 'kafkajs/src/protocol/requests/fetch/v11/request.js';
import fetchResponse from 'kafkajs/src/protocol/requests/fetch/v11/response.js';

import { readCommitted } from './cluster.ts';
import { decodeBatches, type FetchedBatch } from './record-batches.ts';

/** What a leader has of one partition from an offset on: whole record batches, also those that hold no record. */
export interface FetchedPartition {
  readonly partition: number;
  /** The log's first offset, -1 where the broker does not say. */
  readonly lowOffset: number;
  /** Transactions that were aborted, by producer and the offset where each begins. */
  readonly abortedTransactions: readonly { readonly producerId: string; readonly firstOffset: number }[];
  readonly batches: readonly FetchedBatch[];
}

interface FetchRequest {
  readonly topic: string;
  readonly partition: number;
  readonly fetchOffset: number;
  readonly maxBytes: number;
  readonly maxWaitMs: number;
}

/**
 * One fetch (version 11, which brokers know since 2.4) from a partition's leader. kafkajs would spread the records of
 * each batch as arguments of a call, which 150,000 of them overflow, and forget batches that compaction has emptied,
 * after which there is no way on: its request and its decoder of a record batch are used, and not what lies between.
 * @throws KafkaJSProtocolError with the broker's error.
 */
export async function fetchPartition(broker: Broker, request: FetchRequest): Promise<FetchedPartition | undefined> {
  const { topic, partition, fetchOffset, maxBytes, maxWaitMs } = request;
  const call = {
    request: createFetchRequest({
      replicaId: -1,
      isolationLevel: readCommitted,
      maxWaitTime: maxWaitMs,
      minBytes: 1,
      maxBytes,
      topics: [{ topic, partitions: [{ partition, fetchOffset: String(fetchOffset), maxBytes }] }],
    }),
    response: { decode: decodeResponse, parse: async (decoded: DecodedResponse) => fetchResponse.parse(decoded) },
  };
  const { responses } = await broker.connectionPool.send(call).catch(async (error: unknown) => {
    // As kafkajs does it: the next call then opens a connection of its own. One that does not answer may be half-open.
    if (error instanceof Error && brokenConnections.has(error.name)) await broker.disconnect();
    throw error;
  });
  return responses.flatMap(({ partitions }) => partitions)[0];
}

const brokenConnections = new Set(['KafkaJSConnectionClosedError', 'KafkaJSRequestTimeoutError']);

interface DecodedResponse {
  readonly responses: readonly { readonly partitions: readonly (FetchedPartition & { errorCode: number })[] }[];
}

/** Fetch response version 11: https://kafka.apache.org/protocol#The_Messages_Fetch */
async function decodeResponse(data: Buffer): Promise<DecodedResponse> {
  const decoder = new Decoder(data);
  decoder.readInt32(); // throttle_time_ms: the broker waits by itself
  decoder.readInt16(); // error_code of the session, and session_id: none is used
  decoder.readInt32();
  const responses = await decoder.readArrayAsync(async (topic) => {
    topic.readString();
    return { partitions: await topic.readArrayAsync(decodePartition) };
  });
  return { responses };
}

async function decodePartition(decoder: Decoder): Promise<FetchedPartition & { errorCode: number }> {
  const partition = decoder.readInt32();
  const errorCode = decoder.readInt16();
  decoder.readInt64(); // high_watermark
  decoder.readInt64(); // last_stable_offset
  const lowOffset = Number(decoder.readInt64());
  const abortedTransactions = decoder.readArray((aborted) => ({
    producerId: aborted.readInt64().toString(),
    firstOffset: Number(aborted.readInt64()),
  }));
  decoder.readInt32(); // preferred_read_replica
  const sizeBytes = decoder.readInt32();
  const batches = sizeBytes > 0 ? await decodeBatches(decoder.readBytes(sizeBytes)) : [];
  return { partition, errorCode, lowOffset, abortedTransactions, batches };
}
