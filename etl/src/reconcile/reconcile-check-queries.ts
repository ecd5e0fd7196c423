import { batchChecks } from './batch-check-queries.ts';
import type { Check } from './check-scope-queries.ts';
import { rangeChecks } from './range-check-queries.ts';
import { recordChecks } from './record-check-queries.ts';
import { rollUpChecks } from './roll-up-check-queries.ts';

/** All rules that a reconciliation checks, in the order of its report. */
export const checks: readonly Check[] = [...batchChecks, ...rangeChecks, ...recordChecks, ...rollUpChecks];
