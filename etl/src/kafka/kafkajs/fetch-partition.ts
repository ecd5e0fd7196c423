import type Cluster from 'kafkajs/src/cluster/index.js';
import type { Broker } from 'kafkajs/src/cluster/index.js';
import Decoder from 'kafkajs/src/protocol/decoder.js';
import createFetchRequest from 'kafkajs/src/protocol/requests/fetch/v11/request.js';
import fetchResponse from 'kafkajs/src/protocol/requests/fetch/v11/response.js';

import { TemporaryError } from '../../failures/errors.ts';
import type { FetchedPartition } from '../kafka-client.ts';
import { readCommitted } from './cluster.ts';
import { decodeBatches } from './record-batches.ts';

/** Bytes asked for at once. Larger fetches raise memory, not speed; a larger record still comes whole. */
const fetchMaxBytes = 256 * 1024;
const fetchWaitMs = 250;

/** One fetch of one partition from its leader; where that fails, the next one asks the leader of then. */
export async function fetchFrom(
  cluster: Cluster,
  topic: string,
  partition: number,
  offset: number,
): Promise<FetchedPartition | 'out_of_range'> {
  try {
    const [leader] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
    if (leader === undefined) throw new TemporaryError(`${topic} partition ${partition} has no leader`);
    const broker = await cluster.findBroker({ nodeId: leader });
    await openFetchConnection(broker);
    // One partition a request: only the first of a request gets a record batch larger than the limit.
    const fetched = await fetchPartition(broker, {
      topic,
      partition,
      fetchOffset: offset,
      maxBytes: fetchMaxBytes,
      maxWaitMs: fetchWaitMs,
    });
    if (fetched === undefined) throw new TemporaryError(`Kafka's answer leaves out ${topic} partition ${partition}`);
    return fetched;
  } catch (error) {
    if (error instanceof Error && 'type' in error && error.type === 'OFFSET_OUT_OF_RANGE') return 'out_of_range';
    // Leadership may have moved; the next try asks the new leader. What fails here fails there, too.
    await cluster.refreshMetadata().catch(() => undefined);
    throw error;
  }
}

const opening = new WeakMap<Broker, Promise<unknown>>();

/** kafkajs opens one socket for each fetch that finds none, and loses all but the last: partitions wait for one. */
async function openFetchConnection(broker: Broker): Promise<void> {
  const connecting = opening.get(broker) ?? broker.connectionPool.getConnection(1);
  opening.set(broker, connecting);
  try {
    await connecting;
  } finally {
    opening.delete(broker);
  }
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
async function fetchPartition(broker: Broker, request: FetchRequest): Promise<FetchedPartition | undefined> {
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
  decoder.readInt32(); // partition_index
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
  return { errorCode, lowOffset, abortedTransactions, batches };
}
