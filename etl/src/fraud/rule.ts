import type { CurrencyExponent } from '@pulse/contract';
import type * as z from 'zod';

import type { CustomerHistory } from './customer-history.ts';

/** What a rule may look at of the transaction itself. */
export interface FraudTransaction {
  /** Event time in milliseconds since 1970. */
  readonly timeMs: number;
  /** In minor units of its currency: exact up to 2^53, rounded beyond. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
  /** In minor units of the base currency, exact. */
  readonly amountBaseMinor: bigint;
  /** The same as a double: exact up to 2^53, rounded beyond. */
  readonly amountBase: number;
  /** ISO 3166-1 alpha-2, or empty where the message names none. */
  readonly country: string;
}

/** What a rule saw and what it allows, for people. */
interface Finding {
  readonly observed: string;
  readonly threshold: string;
}

/** Looks at one transaction and at what is known of its customer before it. Pure; undefined when it finds nothing. */
export type Evaluate = (transaction: FraudTransaction, history: CustomerHistory) => Finding | undefined;

/** The same look with a finding in any case: that of `Evaluate`, or else what it saw and let pass. For people. */
export type Measure = (transaction: FraudTransaction, history: CustomerHistory) => Finding;

/** A kind of rule: how its parameters are spelt, and how a transaction is evaluated by them. */
export interface FraudRule<Parameters> {
  /** Stable name; it stands in transactions.fraud_reasons. */
  readonly id: string;
  /** Raised when the same parameters would give another result. */
  readonly version: number;
  readonly parameters: z.ZodType<Parameters> & { readonly shape: Readonly<Record<string, z.core.$ZodType>> };
  /** @throws RangeError for parameters that are finer than the base currency. */
  prepare(parameters: Parameters, baseExponent: CurrencyExponent): Evaluate;
  /** Never called before `prepare` has taken the same parameters. */
  measure(parameters: Parameters, baseExponent: CurrencyExponent): Measure;
}
