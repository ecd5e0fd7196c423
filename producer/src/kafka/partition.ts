import kafkajs from 'kafkajs';

/** The partition of a key, as the Java clients compute it. */
export type PartitionOf = (key: string) => number;

/** Keys whose partition is kept, so that the key of a returning customer is not hashed again. */
const cacheSizeMax = 20_000;

export function createPartitionOf(topic: string, partitionCount: number): PartitionOf {
  const partitioner = kafkajs.Partitioners.DefaultPartitioner();
  const partitionMetadata = Array.from({ length: partitionCount }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 0,
    replicas: [],
    isr: [],
  }));
  const cache = new Map<string, number>();
  return (key) => {
    const cached = cache.get(key);
    if (cached !== undefined) return cached;
    const partition = partitioner({ topic, partitionMetadata, message: { key, value: null } });
    if (cache.size < cacheSizeMax) cache.set(key, partition);
    return partition;
  };
}
