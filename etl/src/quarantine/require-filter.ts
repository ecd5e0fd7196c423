import { UsageError } from '../failures/errors.ts';
import type { RejectedFilter } from './rejected-filter-queries.ts';

/** @throws UsageError unless something narrows the choice, or everything is asked for. */
export function requireFilter(filter: RejectedFilter, all: boolean): void {
  if (all || Object.values(filter).some((part) => part !== undefined)) return;
  throw new UsageError(
    'name the records: give a filter (--id, --reason-code, --since, …), or --all for every open one',
  );
}
