/** One of a customer's recent sales; `none` where there is no further one. */
export type SaleCursor = number;
export const none: SaleCursor = 0xffff_ffff;

/** How many recent sales are kept of a customer. */
export const recentSalesMax = 20;
/**
 * How far the recent sales reach back from the latest. Twice a day, for a sale may lie a day in the future and must not push
 * out the present.
 */
export const recentSpanMs = 48 * 3_600_000;
/** The longest window a rule may look at. */
export const windowSecondsMax = 86_400;

/** What is known of a sale's customer before that sale. */
export interface CustomerHistory {
  /** Sales so far. */
  readonly saleCount: number;
  /** Sum and sum of squares of the base amounts so far, in minor units of the base currency: exact. */
  readonly amountBaseSum: bigint;
  readonly amountBaseSquares: bigint;
  /** The same as doubles, for a first look. */
  readonly approximateSum: number;
  readonly approximateSquares: number;
  /** The list that the customer stands on, at a moment. */
  listedAs(timeMs: number): 'allow' | 'block' | undefined;
  /** The newest of the recent sales that took place at or before a moment. */
  newestAt(timeMs: number): SaleCursor;
  /** The one before it, by event time. */
  olderThan(cursor: SaleCursor): SaleCursor;
  timeMsOf(cursor: SaleCursor): number;
  amountOf(cursor: SaleCursor): number;
  amountBaseOf(cursor: SaleCursor): number;
  currencyOf(cursor: SaleCursor): string;
  countryOf(cursor: SaleCursor): string;
}
