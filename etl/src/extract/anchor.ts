import { createHash } from 'node:crypto';

import type { Anchor } from '../batch/step-folders.ts';
import type { RawRecord } from '../kafka/raw-record.ts';

/** How a record is recognized later. The hash of no key is the hash of nothing. */
export function anchorOf({ offset, timestampMs, key }: RawRecord): Anchor {
  const keyHash = createHash('sha256')
    .update(key ?? '')
    .digest('hex');
  return { offset, timestampMs, keyHash };
}
