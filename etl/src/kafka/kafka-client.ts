import type { TopicSettings } from './topic-settings.ts';

/** One connection to a Kafka cluster about one topic: what the client library is asked for. Whether to retry is decided above. */
export interface KafkaClient extends AsyncDisposable {
  /** Null where the brokers name none. */
  readonly clusterId: string | null;
  /** The names of all topics of the cluster. */
  topicNames(): Promise<ReadonlySet<string>>;
  /** Begins and ends of all partitions of the topic. */
  partitionOffsets(): Promise<PartitionOffsets[]>;
  /** The end of each partition behind all records that Kafka has, by partition. */
  highWatermarks(): Promise<ReadonlyMap<number, bigint>>;
  /** What the broker's settings do to the topic's records. */
  topicSettings(): Promise<TopicSettings>;
  /** Asks a partition's leader for what it has from an offset on, as a committed reader. */
  fetch(partition: number, offset: number): Promise<FetchedPartition | 'out_of_range'>;
  /** Commits offsets of the topic from outside the group, which the broker takes while the group is empty. */
  commitOffsets(groupId: string, offsets: readonly { partition: number; nextOffset: bigint }[]): Promise<void>;
  /** Publishes to another topic, through the connections that are open. */
  createPublisher(topic: string): Promise<Publisher>;
}

/** Topics and their settings. */
export interface TopicAdmin extends AsyncDisposable {
  topicNames(): Promise<ReadonlySet<string>>;
  /** Makes topics with the brokers' own replication factor, and waits for their leaders. */
  createTopics(names: readonly string[], partitions: number, settings: ReadonlyMap<string, string>): Promise<void>;
  partitionCount(topic: string): Promise<number>;
  /** The settings in force for a topic; by `ofTopic` those that are set for this topic, all of them. */
  readSettings(topic: string): Promise<FoundSettings>;
  /** Sets settings of a topic; the others stay. */
  changeSettings(topic: string, changes: ReadonlyMap<string, string>): Promise<void>;
}

export interface FoundSettings {
  readonly inForce: ReadonlyMap<string, string>;
  readonly ofTopic: ReadonlyMap<string, string>;
}

/** Where one partition's log begins and ends. */
export interface PartitionOffsets {
  readonly partition: number;
  /** First offset that can still be read. */
  readonly lowOffset: bigint;
  /** The last stable offset: one after the last record that a committed reader may see. */
  readonly endOffset: bigint;
}

export interface Publisher extends Disposable {
  /**
   * Resolves when all in-sync replicas have the messages: as one record batch for each partition.
   * @returns the broker's error where they are too large for it, and nothing is published.
   */
  publish(messages: readonly OutgoingMessage[]): Promise<Error | undefined>;
}

export interface OutgoingMessage {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a leader has of one partition from an offset on: whole record batches, also those that hold no record. */
export interface FetchedPartition {
  /** The log's first offset, -1 where the broker does not say. */
  readonly lowOffset: number;
  /** Transactions that were aborted, by producer and the offset where each begins. */
  readonly abortedTransactions: readonly { readonly producerId: string; readonly firstOffset: number }[];
  readonly batches: readonly FetchedBatch[];
}

/** A record batch of a log; one that can not be read has no records and says why. */
export interface FetchedBatch {
  readonly firstOffset: string;
  readonly lastOffsetDelta: number;
  readonly isControlBatch: boolean;
  readonly inTransaction: boolean;
  readonly producerId: string;
  readonly records: readonly FetchedRecord[];
  readonly unreadable?: Unreadable;
}

export interface FetchedRecord {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

/** Why the records of a batch can not be read. */
export interface Unreadable {
  readonly kind: 'unknown_codec' | 'unreadable_batch';
  readonly message: string;
  /** By the batch's header. */
  readonly recordCount: number;
}
