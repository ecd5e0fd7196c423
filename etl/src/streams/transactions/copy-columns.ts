import { givenColumns } from './valid-transaction.ts';

/** What the columns of the staged COPY files are: who writes a file and who loads it agree here. */

/** Columns of a row of the transform's transactions, in its order: what validation knew, and what has come to it. */
export const transactionColumns = [
  ...givenColumns,
  'tax_rate',
  'tax_jurisdiction',
  'exchange_rate',
  'exchange_cross_rate',
  'exchange_rate_date',
  'tax_amount',
  'total_amount',
  'amount_base',
  'tax_amount_base',
  'fraud_score',
  'is_fraud_flagged',
  'fraud_reasons',
  'batch_id',
  'arrived_at',
] as const;

/** Columns of a row of the transform's fraud alerts, in its order. */
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

/** Columns of a row of the transform's shadow verdicts, in its order. */
export const shadowVerdictColumns = [
  'order_id',
  'rule_set_version',
  'fraud_score',
  'decision',
  'reasons',
  'transaction_timestamp',
  'batch_id',
] as const;

/** Columns of a row of the transform's duplicates, in its order. */
export const duplicateColumns = [
  'order_id',
  'topic',
  'epoch',
  'partition',
  'offset',
  'kafka_timestamp',
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
