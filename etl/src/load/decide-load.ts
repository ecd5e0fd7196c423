/** What a load finds when it has the lock. */
export interface LoadCircumstances {
  /** Every position still stands where the batch begins; for a replay, every claimed record is open. */
  readonly isDue: boolean;
  /** Whether an earlier try has loaded the batch: its COMMIT succeeded and the answer was lost. */
  readonly isLoaded: boolean;
  /** The state that the warehouse has now. */
  readonly stateVersion: bigint;
  /** The state that the rows were made with. */
  readonly rowsVersion: bigint;
}

/**
 * loaded: an earlier try has done it. superseded: another batch loaded these records. stale: the state has changed, so
 * the rows have to be made again. due: write them.
 */
export type LoadDecision = 'due' | 'loaded' | 'superseded' | 'stale';

/** Decides what a load does. Pure; the caller holds the lock, so the circumstances do not change. */
export function decideLoad({ isDue, isLoaded, stateVersion, rowsVersion }: LoadCircumstances): LoadDecision {
  if (!isDue) return isLoaded ? 'loaded' : 'superseded';
  return stateVersion === rowsVersion ? 'due' : 'stale';
}
