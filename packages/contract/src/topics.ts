/** Names of the Kafka topics; `transactions` can be renamed by KAFKA_TOPIC_TRANSACTIONS. */
export const topics = {
  transactions: 'transactions',
  /** The producer's truth about fraud, for measuring the rules. No fraud rule reads it. */
  fraudLabels: 'fraud-labels',
} as const;

/** The topic of rejected records, with their reason in headers, unless KAFKA_TOPIC_DEAD_LETTERS names another. */
export function deadLetterTopic(transactionsTopic: string): string {
  return `${transactionsTopic}.dlq`;
}

/** Headers of a dead letter: the record's coordinates and why it was rejected. Values are UTF-8 text. */
export const deadLetterHeaders = {
  reason: 'reject-reason',
  errors: 'reject-errors',
  topic: 'source-topic',
  partition: 'source-partition',
  offset: 'source-offset',
  epoch: 'source-epoch',
  timestamp: 'source-timestamp',
  stage: 'reject-stage',
  orderId: 'order-id',
  batchId: 'batch-id',
  /** The record's number in the quarantine: equal for a dead letter that was published twice. */
  rejectedId: 'rejected-id',
  /** 'true' if the value was too large to publish; the quarantine has it. */
  valueOmitted: 'value-omitted',
} as const;

/** The record key of a transaction: its customer, so that one customer's events stay in order. */
export function recordKey(message: { readonly customer_id: string }): string {
  return message.customer_id;
}

/** A value larger than this is rejected unread as `too_large`; an honest message has about 200 bytes. */
export const valueSizeMaxBytes = 65_536;
