import type { Context } from '../program/context.ts';
import { operatorOf } from '../program/operator.ts';
import type { RejectedFilter } from './rejected-filter-queries.ts';
import { countRejected, discardRejected } from './rejected-queries.ts';
import { requireFilter } from './require-filter.ts';

export interface DiscardOptions {
  readonly filter: RejectedFilter;
  readonly all: boolean;
  readonly reason: string;
  readonly dryRun: boolean;
  readonly limit: number;
  readonly json: boolean;
}

/** `etl rejected discard`: gives records up and reports how many. */
export async function discardCommand(context: Context, options: DiscardOptions): Promise<string> {
  const { filter, all, reason, dryRun, limit, json } = options;
  requireFilter(filter, all);
  const { db } = context.warehouse;
  if (dryRun) {
    const counts = await countRejected(db, { ...filter, status: 'open' });
    const matched = Math.min(
      limit,
      counts.reduce((sum, { count }) => sum + count, 0),
    );
    return json ? JSON.stringify({ dry_run: true, matched }) : `${matched} open records would be discarded`;
  }
  const operator = operatorOf(context.config);
  const discarded = await discardRejected(db, filter, { operator, reason, countMax: limit });
  return json ? JSON.stringify({ discarded }) : `${discarded} records discarded`;
}
