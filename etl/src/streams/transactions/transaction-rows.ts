import type { CurrencyExponent } from '@pulse/contract';

import { CopyFields } from '../../copy-format/copy-binary.ts';
import type { ValidTransaction } from './valid-transaction.ts';
import type { FraudVerdict } from '../../fraud/verdict.ts';
import type { AppliedExchangeRate } from '../../pricing/exchange.ts';
import type { JudgedTransaction } from '../../pricing/price-transaction.ts';
import { parseDecimal } from '../../pricing/rational.ts';
import type { AppliedTaxRate } from '../../pricing/tax.ts';

/** What all rows of a batch share. */
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

  /** Writes a transaction: `transactionColumns`. */
  transaction(row: CopyFields, t: ValidTransaction, judged: JudgedTransaction, fraud: FraudVerdict): void {
    const { baseExponent } = this.#context;
    row.append(t.source, t.fieldsAt, t.fieldsEnd);
    row.append(this.#taxRates.of(judged.taxRate));
    row.append(this.#exchangeRates.of(judged.exchangeRate));
    row.money(judged.taxMinor, judged.exponent);
    row.money(judged.totalMinor, judged.exponent);
    row.money(judged.amountBaseMinor, baseExponent);
    row.money(judged.taxBaseMinor, baseExponent);
    row.smallint(fraud.score);
    row.boolean(fraud.decision !== 'clear');
    row.textArray(fraud.reasons.map(({ rule }) => rule));
    row.append(this.#batchId);
    if (t.arrivedMs === null) row.null();
    else row.timestamp(t.arrivedMs, 0);
  }

  /** Writes a flagged transaction's alert: `alertColumns`. */
  alert(row: CopyFields, t: ValidTransaction, judged: JudgedTransaction, fraud: FraudVerdict): void {
    row.append(t.source, ...t.orderIdField);
    row.append(t.source, ...t.timestampField);
    row.smallint(fraud.score);
    row.text(fraud.decision);
    row.money(judged.amountBaseMinor, this.#context.baseExponent);
    row.append(t.source, ...t.customerIdField);
    row.append(this.#batchId);
    row.text(this.#context.ruleSetVersion);
    row.json(fraud.reasons);
  }

  /** Writes where a record is that repeats a transaction: `duplicateColumns`. */
  duplicate(
    row: CopyFields,
    t: ValidTransaction,
    { topic, epoch }: { readonly topic: string; readonly epoch: number },
  ): void {
    row.append(t.source, ...t.orderIdField);
    row.text(topic);
    row.integer(epoch);
    row.integer(t.partition);
    row.bigint(t.offset);
    row.timestamp(t.recordMs, 0);
    row.append(this.#batchId);
  }

  /** Writes what the shadow set would have flagged: `shadowVerdictColumns`. */
  shadowVerdict(row: CopyFields, t: ValidTransaction, fraud: FraudVerdict): void {
    row.append(t.source, ...t.orderIdField);
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
