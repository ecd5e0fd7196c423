/** How well fraud is found. Ratios are null where there is nothing to divide by. */
export interface FraudQuality {
  /** Fraud among what was flagged. */
  readonly precision: number | null;
  /** What was flagged of the fraud: of sales, not of sequences. */
  readonly recall: number | null;
  /** Their harmonic mean: 2·caught / (flagged + fraudulent). */
  readonly f1: number | null;
}

/** @param caught - Sales that were flagged and are fraud. */
export function qualityOf(caught: number, flagged: number, fraudulent: number): FraudQuality {
  return {
    precision: ratioOf(caught, flagged),
    recall: ratioOf(caught, fraudulent),
    f1: ratioOf(2 * caught, flagged + fraudulent),
  };
}

/** A ratio to four decimals. */
export function ratioOf(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;
}

/** A ratio for people, to three decimals. */
export function ratioText(ratio: number | null): string {
  return ratio === null ? '–' : ratio.toFixed(3);
}

/** Alerts a day for people. */
export function rateText(perDay: number | null): string {
  return perDay === null ? '–' : perDay.toFixed(1);
}

/** As "1 UTC day" or "7 UTC days". */
export function daysText(days: number): string {
  return `${days} UTC day${days === 1 ? '' : 's'}`;
}
