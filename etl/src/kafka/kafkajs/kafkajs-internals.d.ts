/**
 * The few inner calls of kafkajs 2.2.4 that are used, typed by hand. kafkajs offers no way to read a fixed range without
 * a consumer group, so the version is pinned and these calls stay in this folder.
 */

declare module 'kafkajs/src/cluster/index.js' {
  interface Broker {
    offsetCommit(request: {
      groupId: string;
      groupGenerationId: number;
      memberId: string;
      topics: { topic: string; partitions: { partition: number; offset: string }[] }[];
    }): Promise<unknown>;
    listOffsets(request: {
      replicaId: number;
      isolationLevel: number;
      topics: { topic: string; partitions: { partition: number }[] }[];
    }): Promise<{ responses: { topic: string; partitions: { partition: number; offset: string }[] }[] }>;
    describeConfigs(request: {
      resources: { type: number; name: string; configNames: readonly string[] }[];
    }): Promise<{ resources: { configEntries: { configName: string; configValue: string }[] }[] }>;
    disconnect(): Promise<void>;
    readonly connectionPool: {
      /** Opens connection 1, the one for fetches, unless it is open. */
      getConnection(index: 1): Promise<unknown>;
      send<Decoded>(call: {
        request: unknown;
        response: { decode(data: Buffer): Promise<Decoded>; parse(decoded: Decoded): Promise<Decoded> };
      }): Promise<Decoded>;
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
    readonly rootLogger: unknown;
    readonly brokerPool: { readonly metadata: { readonly clusterId: string | null } | null };
    /** Topics whose metadata are asked for: all together, or none is had. */
    readonly targetTopics: Set<string>;
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    refreshMetadata(): Promise<void>;
    addTargetTopic(topic: string): Promise<void>;
    /** Of the topics named; of all where none is. */
    metadata(query?: { topics?: readonly string[] }): Promise<{
      readonly clusterId: string | null;
      readonly topicMetadata: readonly { readonly topic: string }[];
    }>;
    findTopicPartitionMetadata(topic: string): { partitionId: number; leader: number }[];
    findLeaderForPartitions(topic: string, partitions: readonly number[]): Record<string, number[]>;
    findBroker(target: { nodeId: string }): Promise<Broker>;
    findGroupCoordinator(group: { groupId: string }): Promise<Broker>;
    fetchTopicsOffset(
      topics: { topic: string; fromBeginning: boolean; partitions: { partition: number }[] }[],
    ): Promise<{ topic: string; partitions: { partition: number; offset: string }[] }[]>;
  }

  export type { Broker };
  export default Cluster;
}

declare module 'kafkajs/src/errors.js' {
  const errors: Pick<typeof import('kafkajs'), 'KafkaJSProtocolError'>;
  export default errors;
}

declare module 'kafkajs/src/protocol/error.js' {
  const kafkajsErrors: {
    readonly errorCodes: { type: string; code: number; retriable: boolean; message: string }[];
    createErrorFromCode(code: number): import('kafkajs').KafkaJSProtocolError;
  };
  export default kafkajsErrors;
}

declare module 'kafkajs/src/producer/index.js' {
  export default function createProducer(options: {
    cluster: import('kafkajs/src/cluster/index.js').default;
    logger: unknown;
    retry: { retries: number; initialRetryTime: number; maxRetryTime: number };
  }): import('kafkajs').Producer;
}

declare module 'kafkajs/src/network/connection.js' {
  class Connection {
    constructor(options: {
      host: string;
      port: number;
      logger: unknown;
      socketFactory: unknown;
      requestTimeout: number;
      connectionTimeout: number;
    });
    isConnected(): boolean;
    connect(): Promise<boolean>;
    disconnect(): Promise<boolean>;
    send<Decoded>(call: {
      request: unknown;
      response: { decode(data: Buffer): Promise<Decoded>; parse(decoded: Decoded): Promise<Decoded> };
    }): Promise<Decoded>;
    socket: import('node:net').Socket | undefined;
    chunks: Buffer[];
    bytesBuffered: number;
    bytesNeeded: number;
  }
  export default Connection;
}

declare module 'kafkajs/src/loggers/index.js' {
  const loggers: {
    readonly LEVELS: typeof import('kafkajs').logLevel;
    createLogger(options: {
      level: number;
      logCreator: (level: number) => (entry: import('kafkajs').LogEntry) => void;
    }): unknown;
  };
  export default loggers;
}

declare module 'kafkajs/src/protocol/decoder.js' {
  class Decoder {
    constructor(buffer: Buffer);
    readInt16(): number;
    readInt32(): number;
    readInt64(): { toString(): string };
    readString(): string;
    readBytes(sizeBytes: number): Buffer;
    readArray<Item>(read: (decoder: Decoder) => Item): Item[];
    readArrayAsync<Item>(read: (decoder: Decoder) => Promise<Item>): Promise<Item[]>;
  }
  export default Decoder;
}

declare module 'kafkajs/src/protocol/encoder.js' {
  /** Bytes of a request, none to begin with. */
  class Encoder {
    writeInt16(value: number): this;
    writeInt32(value: number): this;
    writeInt64(value: number): this;
    writeString(value: string | null): this;
    writeBytes(value: Buffer): this;
    writeArray(items: readonly Encoder[]): this;
  }
  export default Encoder;
}

declare module 'kafkajs/src/protocol/recordBatch/v0/decoder.js' {
  interface BatchRecord {
    readonly offset: string;
    readonly timestamp: string;
    readonly key: Buffer | null;
    readonly value: Buffer | null;
  }

  interface RecordBatch {
    readonly firstOffset: string;
    readonly lastOffsetDelta: number;
    readonly isControlBatch: boolean;
    readonly inTransaction: boolean;
    readonly producerId: string;
    readonly records: readonly BatchRecord[];
  }

  export type { BatchRecord, RecordBatch };
  export default function decodeRecordBatch(
    decoder: import('kafkajs/src/protocol/decoder.js').default,
  ): Promise<RecordBatch>;
}

declare module 'kafkajs/src/protocol/requests/fetch/v11/request.js' {
  export default function createFetchRequest(request: {
    replicaId: number;
    isolationLevel: number;
    maxWaitTime: number;
    minBytes: number;
    maxBytes: number;
    topics: { topic: string; partitions: { partition: number; fetchOffset: string; maxBytes: number }[] }[];
  }): unknown;
}

declare module 'kafkajs/src/protocol/requests/fetch/v11/response.js' {
  const fetchResponse: {
    /** Throws the broker's error where a partition has one. */
    parse<Decoded extends { responses: readonly { partitions: readonly { errorCode: number }[] }[] }>(
      decoded: Decoded,
    ): Promise<Decoded>;
  };
  export default fetchResponse;
}

declare module 'kafkajs/src/protocol/message/compression/index.js' {
  const compression: {
    readonly Types: typeof import('kafkajs').CompressionTypes;
    readonly Codecs: typeof import('kafkajs').CompressionCodecs;
  };
  export default compression;
}
