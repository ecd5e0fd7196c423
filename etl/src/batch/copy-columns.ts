/** What the columns of the staged COPY files are: who writes a file and who loads it agree here. */

/** Columns of a line of the transform's transactions, in its order. */
export const transactionColumns = [
  'order_id',
  'transaction_timestamp',
  'kafka_offset',
  'kafka_partition',
  'kafka_epoch',
  'tax_date',
  'exchange_rate_date',
  'fraud_score',
  'is_fraud_flagged',
  'amount',
  'currency',
  'tax_amount',
  'total_amount',
  'amount_base',
  'tax_amount_base',
  'exchange_rate',
  'exchange_cross_rate',
  'tax_rate',
  'tax_jurisdiction',
  'customer_id',
  'product_category',
  'country',
  'batch_id',
  'fraud_reasons',
  'content_hash',
] as const;

/** Columns of a line of the transform's fraud alerts, in its order. */
export const alertColumns = [
  'order_id',
  'transaction_timestamp',
  'fraud_score',
  'decision',
  'amount_base',
  'customer_id',
  'batch_id',
  'rule_set_version',
  'reasons',
] as const;

/** Columns of a line of the transform's shadow verdicts, in its order. */
export const shadowVerdictColumns = [
  'order_id',
  'rule_set_version',
  'fraud_score',
  'decision',
  'reasons',
  'transaction_timestamp',
  'batch_id',
] as const;

/** Columns of a line of `encodeRejected`, in its order. */
export const rejectedColumns = [
  'batch_id',
  'topic',
  'epoch',
  'partition',
  'offset',
  'kafka_timestamp',
  'raw_key',
  'raw_value',
  'order_id',
  'stage',
  'reason_code',
  'errors',
] as const;
