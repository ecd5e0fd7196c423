/** One of a customer's recent transactions. */
export interface RecentTransaction {
  /** Event time in milliseconds since 1970. */
  readonly timeMs: number;
  /** In minor units of its currency, and of the base currency: exact up to 2^53, rounded beyond. */
  readonly amount: number;
  readonly amountBase: number;
  /** ISO 4217. */
  readonly currency: string;
  /** ISO 3166-1 alpha-2, or empty where the message names none. */
  readonly country: string;
}

/** How many recent transactions are kept of a customer. */
export const recentCountMax = 20;
/**
 * How far the recent transactions reach back from the latest. Twice a day, for a transaction may lie a day in the future and
 * must not push out the present.
 */
export const recentSpanMs = 48 * 3_600_000;
/** The longest window a rule may look at. */
export const windowSecondsMax = 86_400;

/** What is known of a transaction's customer before that transaction. */
export interface CustomerHistory {
  /** Transactions so far. */
  readonly transactionCount: number;
  /** Sum and sum of squares of the base amounts so far, in minor units of the base currency: exact. */
  readonly amountBaseSum: bigint;
  readonly amountBaseSquares: bigint;
  /** The list that the customer is on, at a moment. */
  listedAs(timeMs: number): 'allow' | 'block' | undefined;
  /** The recent transactions that took place at or before a moment, newest first. */
  recentUntil(timeMs: number): readonly RecentTransaction[];
}
