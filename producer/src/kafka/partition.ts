import { Partitioners } from 'kafkajs';

/** Which partition a key belongs to, as every Kafka client of Java's reckons it. */
export type PartitionOf = (key: string) => number;

/** Keys remembered, so that a returning customer is not hashed again. */
const memorySize = 20_000;

export function createPartitionOf(topic: string, partitionCount: number): PartitionOf {
  const partitioner = Partitioners.DefaultPartitioner();
  const partitionMetadata = Array.from({ length: partitionCount }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 0,
    replicas: [],
    isr: [],
  }));
  const known = new Map<string, number>();
  return (key) => {
    const remembered = known.get(key);
    if (remembered !== undefined) return remembered;
    const partition = partitioner({ topic, partitionMetadata, message: { key, value: null } });
    if (known.size < memorySize) known.set(key, partition);
    return partition;
  };
}
