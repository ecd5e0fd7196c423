/** One Kafka record as it came, with its coordinates. */
export interface RawRecord {
  readonly partition: number;
  /** Kafka's offset; safe as a number up to 2^53. */
  readonly offset: number;
  /** Milliseconds since 1970-01-01T00:00:00Z: the producer's clock, or the broker's, as the topic says. */
  readonly timestampMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}
