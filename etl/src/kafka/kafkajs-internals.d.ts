/**
 * The few inner calls of kafkajs 2.2.4 that are used, typed by hand. kafkajs offers no way to read a fixed range without
 * a consumer group, so the version is pinned and these calls stay behind `kafka-source.ts`.
 */

declare module 'kafkajs/src/cluster/index.js' {
  interface FetchedMessage {
    readonly offset: string;
    readonly timestamp: string;
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly batchContext: {
      readonly firstOffset: string;
      readonly lastOffsetDelta: number;
      readonly isControlBatch: boolean;
      readonly inTransaction: boolean;
      readonly producerId: string;
    };
  }

  interface FetchedPartition {
    readonly partition: number;
    readonly highWatermark: string;
    /** The log's start, under kafkajs's own name for it. */
    readonly lastStartOffset?: string;
    readonly abortedTransactions: readonly { readonly producerId: string; readonly firstOffset: string }[];
    readonly messages: readonly FetchedMessage[];
  }

  interface Broker {
    fetch(request: {
      replicaId: number;
      isolationLevel: number;
      maxWaitTime: number;
      minBytes: number;
      maxBytes: number;
      topics: { topic: string; partitions: { partition: number; fetchOffset: string; maxBytes: number }[] }[];
    }): Promise<{ responses: { topicName: string; partitions: FetchedPartition[] }[] }>;
    offsetCommit(request: {
      groupId: string;
      groupGenerationId: number;
      memberId: string;
      topics: { topic: string; partitions: { partition: number; offset: string }[] }[];
    }): Promise<unknown>;
    readonly connectionPool: {
      /** Opens connection 1, the one for fetches, unless it is open. */
      getConnection(index: 1): Promise<unknown>;
    };
  }

  class Cluster {
    constructor(options: {
      logger: unknown;
      socketFactory: unknown;
      brokers: readonly string[];
      clientId: string;
      connectionTimeout: number;
      requestTimeout: number;
      enforceRequestTimeout: boolean;
      metadataMaxAge: number;
      allowAutoTopicCreation: boolean;
      isolationLevel: number;
      maxInFlightRequests: number | null;
      retry: { retries: number; initialRetryTime: number; maxRetryTime: number };
    });
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    refreshMetadata(): Promise<void>;
    addTargetTopic(topic: string): Promise<void>;
    findTopicPartitionMetadata(topic: string): { partitionId: number; leader: number }[];
    findLeaderForPartitions(topic: string, partitions: readonly number[]): Record<string, number[]>;
    findBroker(target: { nodeId: string }): Promise<Broker>;
    findGroupCoordinator(group: { groupId: string }): Promise<Broker>;
    fetchTopicsOffset(
      topics: { topic: string; fromBeginning: boolean; partitions: { partition: number }[] }[],
    ): Promise<{ topic: string; partitions: { partition: number; offset: string }[] }[]>;
  }

  export type { Broker, FetchedMessage, FetchedPartition };
  export default Cluster;
}

declare module 'kafkajs/src/network/socketFactory.js' {
  export default function createSocketFactory(): unknown;
}

declare module 'kafkajs/src/loggers/index.js' {
  const loggers: {
    createLogger(options: {
      level: number;
      logCreator: (level: number) => (entry: import('kafkajs').LogEntry) => void;
    }): unknown;
  };
  export default loggers;
}
