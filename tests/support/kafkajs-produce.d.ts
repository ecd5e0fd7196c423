/** One more inner call of kafkajs 2.2.4, for tests. */
import 'kafkajs/src/cluster/index.js';

declare module 'kafkajs/src/cluster/index.js' {
  interface Broker {
    produce(request: {
      topicData: readonly {
        topic: string;
        partitions: readonly {
          partition: number;
          firstSequence: number;
          messages: readonly { key: string; value: string }[];
        }[];
      }[];
      acks: number;
      timeout: number;
      compression: number;
    }): Promise<unknown>;
  }
}
