import type { BatchKind } from '@pulse/migrations/schema';

/** What Airflow begins the id of a run with: what started it. An id of another form was chosen by a person. */
const kinds = [
  ['scheduled__', 'scheduled'],
  ['backfill__', 'backfill'],
] as const satisfies readonly (readonly [string, BatchKind])[];

/** The kind of a batch that a run of Airflow makes, or that is made without one. */
export function kindOfRun(runId: string | undefined): BatchKind {
  return kinds.find(([beginning]) => runId?.startsWith(beginning))?.[1] ?? 'manual';
}
