import Encoder from 'kafkajs/src/protocol/encoder.js';

import { waitMaxMs, withLeader } from './with-leader.ts';

/** Produces record batches to partition 0 byte by byte; the broker sets their offsets. */
export async function publishRecordedBatches(
  bootstrapServers: string,
  topic: string,
  batches: readonly Buffer[],
): Promise<void> {
  await withLeader(bootstrapServers, topic, async (broker) => {
    for (const batch of batches) await broker.connectionPool.send(produceCall(topic, batch));
  });
}

/** Produce, version 7, the first that takes zstd: https://kafka.apache.org/protocol#The_Messages_Produce */
function produceCall(topic: string, batch: Buffer) {
  const partition = new Encoder().writeInt32(0).writeBytes(batch);
  const topicData = new Encoder().writeString(topic).writeArray([partition]);
  const encode = async () =>
    new Encoder().writeString(null).writeInt16(-1).writeInt32(waitMaxMs).writeArray([topicData]);
  return {
    request: { apiKey: 0, apiVersion: 7, apiName: 'Produce', encode },
    response: {
      decode: async (answer: Buffer) => answer,
      parse: async (answer: Buffer) => requireSuccess(answer, topic),
    },
  };
}

/** The partition's error stands behind two counts, the topic's name and the partition. */
function requireSuccess(answer: Buffer, topic: string): Buffer {
  const errorCode = answer.readInt16BE(4 + 2 + Buffer.byteLength(topic) + 4 + 4);
  if (errorCode !== 0) throw new Error(`the broker refused a record batch: error ${errorCode}`);
  return answer;
}
