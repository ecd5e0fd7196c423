import type { Counted, Driver } from './driver.ts';

/** Injects one kind of fault, and repairs what it broke. */
export interface Injector {
  /** The counts it raises when a fault has hit something. */
  readonly counts: readonly Counted[];
  readonly inject: (driver: Driver) => Promise<void>;
}
