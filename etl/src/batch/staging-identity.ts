import { hash } from 'node:crypto';

import { sourcesOf, type Batch } from './batch.ts';

/** Raised when what staged files hold or how they spell it changes. */
const stagingFormat = 5;

/**
 * What staged files were made from: the plan, the clock and the rules, and the code that wrote
 * them. Files of another identity, such as those of a restored warehouse's batch with the same id, are made again.
 */
export function stagingIdentity(
  {
    topic,
    plannedAt,
    ruleSetVersion,
    ranges,
    claims,
  }: Pick<Batch, 'topic' | 'plannedAt' | 'ruleSetVersion' | 'ranges' | 'claims'>,
  codeVersion: string,
): string {
  const plan = ranges
    .toSorted((a, b) => a.partition - b.partition)
    .map(({ partition, epoch, fromOffset, nextOffset }) => `${partition}/${epoch}:${fromOffset}-${nextOffset}`);
  // Which records a replay has claimed is fixed with its id.
  const sources =
    claims === null ? [] : sourcesOf({ ranges, claims }).map(({ partition, epoch }) => `claims ${partition}/${epoch}`);
  const parts = [stagingFormat, codeVersion, topic, ruleSetVersion, plannedAt.toISOString(), ...plan, ...sources];
  return hash('sha256', parts.join('\n'), 'hex');
}
