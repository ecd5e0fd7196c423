import recorded from './recorded-batches.json' with { type: 'json' };

/**
 * Record batches for tests, as two clients wrote them, copied from a broker's log: Kafka's own (Java, 4.1.1) and
 * librdkafka 2.16.0 (by confluent-kafka). Each holds six transactions, CLIENT-CODEC-0 to CLIENT-CODEC-5.
 */
export const recordedBatches: readonly { readonly name: string; readonly bytes: Buffer }[] = Object.entries(
  recorded,
).flatMap(([client, byCodec]) =>
  Object.entries(byCodec).map(([codec, base64]) => ({
    name: `${client}-${codec}`,
    bytes: Buffer.from(base64, 'base64'),
  })),
);

export const recordsOfRecordedBatch = 6;
