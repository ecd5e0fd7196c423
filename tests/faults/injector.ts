import type { Counted, Hand } from './hand.ts';

/** Makes one kind of fault. What it breaks is whole again when it is done. */
export interface Injector {
  /** What it adds to, where it has hit something. */
  readonly counts: readonly Counted[];
  readonly inject: (hand: Hand) => Promise<void>;
}
