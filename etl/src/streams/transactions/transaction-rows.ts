import type { CurrencyExponent } from '@pulse/contract';

import { CopyFields } from '../../copy-format/copy-binary.ts';
import { column, nullable, type Sink } from '../sink.ts';
import type { ValidRecord } from '../valid-record.ts';
import type { FraudResult } from '../../fraud/evaluate-transaction.ts';
import type { AppliedExchangeRate } from '../../pricing/exchange.ts';
import type { PricedTransaction } from '../../pricing/price-transaction.ts';
import { parseDecimal } from '../../pricing/rational.ts';
import type { AppliedTaxRate } from '../../pricing/tax.ts';

/** The columns of a transaction that follow its staged ones, in the order of its row. */
export const computedColumns = [
  column('tax_rate', 'numeric(9,6)'),
  column('tax_jurisdiction', 'text'),
  column('exchange_rate', 'numeric(24,12)'),
  nullable('exchange_cross_rate', 'numeric(24,12)'),
  column('exchange_rate_date', 'date'),
  column('tax_amount', 'numeric(19,4)'),
  column('total_amount', 'numeric(19,4)'),
  column('amount_base', 'numeric(19,4)'),
  column('tax_amount_base', 'numeric(19,4)'),
  column('fraud_score', 'smallint'),
  column('is_fraud_flagged', 'boolean'),
  column('fraud_reasons', 'text[]'),
  column('batch_id', 'text'),
  nullable('arrived_at', 'timestamp with time zone'),
] as const;

export const alerts: Sink = {
  table: 'fraud_alerts',
  columns: [
    column('order_id', 'text'),
    column('transaction_timestamp', 'timestamp with time zone'),
    column('fraud_score', 'smallint'),
    column('decision', 'text'),
    column('amount_base', 'numeric(19,4)'),
    column('customer_id', 'text'),
    column('batch_id', 'text'),
    column('rule_set_version', 'text'),
    column('reasons', 'jsonb'),
  ],
  format: 'binary',
};

export const duplicates: Sink = {
  table: 'duplicate_records',
  columns: [
    column('order_id', 'text'),
    column('topic', 'text'),
    column('epoch', 'integer'),
    column('partition', 'integer'),
    column('offset', 'bigint'),
    column('kafka_timestamp', 'timestamp with time zone'),
    column('batch_id', 'text'),
  ],
  format: 'binary',
};

/** What a shadow rule set would have flagged. */
export const shadowVerdicts: Sink = {
  table: 'fraud_shadow_verdicts',
  columns: [
    column('order_id', 'text'),
    column('rule_set_version', 'text'),
    column('fraud_score', 'smallint'),
    column('decision', 'text'),
    column('reasons', 'jsonb'),
    column('transaction_timestamp', 'timestamp with time zone'),
    column('batch_id', 'text'),
  ],
  format: 'binary',
};

/** What all rows of a batch have in common. */
export interface RowContext {
  readonly batchId: string;
  readonly ruleSetVersion: string;
  readonly shadowRuleSetVersion: string | null;
  readonly baseExponent: CurrencyExponent;
}

const dayMs = 86_400_000;

/** Rows of one batch in COPY's binary format. What many rows have in common is made once. */
export class TransactionRows {
  readonly #context: RowContext;
  readonly #batchId: Buffer;
  readonly #taxRates = new SharedFields(writeTaxRate);
  readonly #exchangeRates = new SharedFields(writeExchangeRate);

  constructor(context: RowContext) {
    this.#context = context;
    this.#batchId = fieldsOf((fields) => fields.text(context.batchId));
  }

  /** Writes a transaction: its staged columns, then `computedColumns`. */
  transaction(row: CopyFields, t: ValidRecord, priced: PricedTransaction, fraud: FraudResult): void {
    const { baseExponent } = this.#context;
    row.append(t.source, t.fieldsAt, t.fieldsEnd);
    row.append(this.#taxRates.of(priced.taxRate));
    row.append(this.#exchangeRates.of(priced.exchangeRate));
    row.money(priced.taxMinor, priced.exponent);
    row.money(priced.totalMinor, priced.exponent);
    row.money(priced.amountBaseMinor, baseExponent);
    row.money(priced.taxBaseMinor, baseExponent);
    row.smallint(fraud.score);
    row.boolean(fraud.decision !== 'clear');
    row.textArray(fraud.reasons.map(({ rule }) => rule));
    row.append(this.#batchId);
    if (t.arrivedMs === null) row.null();
    else row.timestamp(t.arrivedMs, 0);
  }

  /** Writes a flagged transaction's alert: `alerts`. */
  alert(row: CopyFields, t: ValidRecord, priced: PricedTransaction, fraud: FraudResult): void {
    row.append(t.source, ...t.idField);
    row.append(t.source, ...t.timestampField);
    row.smallint(fraud.score);
    row.text(fraud.decision);
    row.money(priced.amountBaseMinor, this.#context.baseExponent);
    row.append(t.source, ...t.customerIdField);
    row.append(this.#batchId);
    row.text(this.#context.ruleSetVersion);
    row.json(fraud.reasons);
  }

  /** Writes where a record is that repeats a transaction: `duplicates`. */
  duplicate(
    row: CopyFields,
    t: ValidRecord,
    { topic, epoch }: { readonly topic: string; readonly epoch: number },
  ): void {
    row.append(t.source, ...t.idField);
    row.text(topic);
    row.integer(epoch);
    row.integer(t.partition);
    row.bigint(t.offset);
    row.timestamp(t.recordMs, 0);
    row.append(this.#batchId);
  }

  /** Writes what the shadow set would have flagged: `shadowVerdicts`. */
  shadowVerdict(row: CopyFields, t: ValidRecord, fraud: FraudResult): void {
    row.append(t.source, ...t.idField);
    row.text(this.#context.shadowRuleSetVersion ?? '');
    row.smallint(fraud.score);
    row.text(fraud.decision);
    row.json(fraud.reasons);
    row.append(t.source, ...t.timestampField);
    row.append(this.#batchId);
  }
}

function writeTaxRate(fields: CopyFields, { rate, jurisdiction }: AppliedTaxRate): void {
  fields.decimal(parseDecimal(rate));
  fields.text(jurisdiction);
}

function writeExchangeRate(fields: CopyFields, { rate, crossRate, date }: AppliedExchangeRate): void {
  fields.decimal(parseDecimal(rate));
  if (crossRate === undefined) fields.null();
  else fields.decimal(parseDecimal(crossRate));
  fields.date(Date.parse(date) / dayMs);
}

/** Fields that many rows have in common, made once for each thing that they tell of. */
class SharedFields<Thing> {
  readonly #made = new Map<Thing, Buffer>();
  readonly #write: (fields: CopyFields, thing: Thing) => void;

  constructor(write: (fields: CopyFields, thing: Thing) => void) {
    this.#write = write;
  }

  of(thing: Thing): Buffer {
    let made = this.#made.get(thing);
    if (made === undefined) this.#made.set(thing, (made = fieldsOf((fields) => this.#write(fields, thing))));
    return made;
  }
}

/** Fields of their own. */
function fieldsOf(write: (fields: CopyFields) => void): Buffer {
  const fields = new CopyFields();
  write(fields);
  return Buffer.from(fields.bytes);
}
