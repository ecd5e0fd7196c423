import { v7 as uuidv7 } from 'uuid';

/** A batch id for a run by hand; ids made later sort later. */
export function manualBatchId(): string {
  return `manual-${uuidv7()}`;
}
