import type { Client } from 'pg';

import { sqlOfDimensions } from '../../support/sales-dimensions.ts';

/** One sale, as the tests care for it; amounts in major units. */
export interface Sale {
  readonly orderId: string;
  readonly at: Date;
  readonly category: string;
  readonly currency: string;
  /** '' when the message names none. */
  readonly country: string;
  readonly amount: number;
  readonly tax: number;
  readonly amountBase: number;
  readonly taxBase: number;
  readonly isFlagged: boolean;
}

/** A sale of USD 100.00 with USD 8.50 of tax, with the fields that matter to the test. */
export function aSale(sale: Partial<Sale> & Pick<Sale, 'orderId' | 'at'>): Sale {
  return {
    category: 'books',
    currency: 'USD',
    country: 'US',
    amount: 100,
    tax: 8.5,
    amountBase: 100,
    taxBase: 8.5,
    isFlagged: false,
    ...sale,
  };
}

/** Writes a sale into the facts, the roll-up and, when flagged, the alerts, as a load does. */
export async function insertSale(owner: Client, sale: Sale): Promise<void> {
  const { orderId, at, category, currency, country, amount, tax, amountBase, taxBase, isFlagged } = sale;
  await owner.query(
    `insert into transactions (
       order_id, transaction_timestamp, kafka_offset, kafka_partition, kafka_epoch, tax_date, exchange_rate_date,
       fraud_score, is_fraud_flagged, amount, currency, tax_amount, total_amount, amount_base,
       tax_amount_base, exchange_rate, tax_rate,
       tax_jurisdiction, customer_id, product_category, country, batch_id, fraud_reasons, content_hash
     ) values ($1, $2::timestamptz, 0, 0, 0, $2::timestamptz::date, $2::timestamptz::date, $3, $4, $5::numeric, $6,
       $7::numeric, $5::numeric + $7::numeric, $8, $11, 1, 0.085,
       'US', 'customer-1', $9, nullif($10, ''), 'batch-1', array[]::text[], '\\x00')`,
    [orderId, at, isFlagged ? 60 : 0, isFlagged, amount, currency, tax, amountBase, category, country, taxBase],
  );
  await addToRollUp(owner, 'sales_per_minute', 'minute', sale);
  await addToRollUp(owner, 'sales_per_hour', 'hour', sale);
  await addToTaxes(owner, sale);
  if (isFlagged) await insertAlert(owner, sale);
}

async function addToTaxes(owner: Client, { at, category, country, amountBase, taxBase }: Sale): Promise<void> {
  await owner.query(
    `insert into tax_per_day as present
     values (($1::timestamptz at time zone 'UTC')::date, $2, $3, 0.085, 1, $4::numeric, $5::numeric)
     on conflict (tax_date, country, product_category, tax_rate) do update set
       transaction_count = present.transaction_count + 1,
       amount_base_sum = present.amount_base_sum + excluded.amount_base_sum,
       tax_base_sum = present.tax_base_sum + excluded.tax_base_sum`,
    [at, country, category, amountBase, taxBase],
  );
}

async function addToRollUp(owner: Client, table: string, time: 'minute' | 'hour', sale: Sale): Promise<void> {
  const { at, category, currency, country, amount, tax, amountBase, taxBase, isFlagged } = sale;
  await owner.query(
    `insert into ${table} as present (
       ${time}, product_category, currency, country, transaction_count, flagged_count, amount_sum, tax_sum, total_sum,
       amount_base_sum, tax_base_sum
     ) values (date_trunc('${time}', $1::timestamptz, 'UTC'), $2, $3, $4, 1, $5, $6::numeric, $7::numeric,
       $6::numeric + $7::numeric, $8, $9)
     on conflict (${time}, ${sqlOfDimensions.names}) do update set
       transaction_count = present.transaction_count + 1,
       flagged_count = present.flagged_count + excluded.flagged_count,
       amount_sum = present.amount_sum + excluded.amount_sum,
       tax_sum = present.tax_sum + excluded.tax_sum,
       total_sum = present.total_sum + excluded.total_sum,
       amount_base_sum = present.amount_base_sum + excluded.amount_base_sum,
       tax_base_sum = present.tax_base_sum + excluded.tax_base_sum`,
    [at, category, currency, country, isFlagged ? 1 : 0, amount, tax, amountBase, taxBase],
  );
}

async function insertAlert(owner: Client, { orderId, at, amountBase }: Sale): Promise<void> {
  const reasons = [{ rule: 'amount_limit' }, { rule: 'velocity' }];
  await owner.query(
    `insert into fraud_alerts (
       order_id, transaction_timestamp, fraud_score, decision, amount_base, customer_id, batch_id, rule_set_version,
       reasons
     ) values ($1, $2, 60, 'review', $3, 'customer-1', 'batch-1', '1', $4)`,
    [orderId, at, amountBase, JSON.stringify(reasons)],
  );
}

/** A batch that was planned and loaded at given times; empty. */
export interface LoadedBatch {
  readonly batchId: string;
  readonly plannedAt: Date;
  readonly loadedAt: Date;
}

/** Writes an empty batch of the schedule into the ledger. */
export async function insertBatch(owner: Client, { batchId, plannedAt, loadedAt }: LoadedBatch): Promise<void> {
  await owner.query(
    `insert into etl_batches (
       batch_id, kind, state, rule_set_version, planned_at, loaded_at, read_count, loaded_count, duplicate_count,
       rejected_count, code_version
     ) values ($1, 'scheduled', 'loaded', '1', $2, $3, 0, 0, 0, 0, 'test')`,
    [batchId, plannedAt, loadedAt],
  );
}

/** Writes a batch that was loaded some seconds ago. */
export async function insertLoadedBatch(owner: Client, batchId: string, ageSeconds: number): Promise<void> {
  const loadedAt = new Date(Date.now() - ageSeconds * 1000);
  await insertBatch(owner, { batchId, plannedAt: loadedAt, loadedAt });
}
