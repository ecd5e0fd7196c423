import { v7 as uuidv7 } from 'uuid';

/** A batch id for a run by hand; ids made later sort later. */
export function manualBatchId(): string {
  return `manual-${uuidv7()}`;
}

/** A batch id for a replay by hand. */
export function replayBatchId(): string {
  return `replay-${uuidv7()}`;
}
