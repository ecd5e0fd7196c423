import type { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';

import { headlineStat } from '../headline-stat.ts';
import { reconciledEverySeconds, sinceLastReconciliation } from '../sql/ledger.ts';
import { figureThresholds } from '../thresholds.ts';

/** Steps of a batch that needs no retry. */
const stepCount = 4;

/** Deviations from the plan in the time range, and the last reconciliation. */
export function trouble(): StatBuilder[] {
  return [retries(), holes(), sinceReconciliation(), differences()];
}

function retries(): StatBuilder {
  return headlineStat({
    id: 9,
    title: 'Retries',
    description:
      'How many runs of steps were begun beyond the four that a batch needs, for batches planned in the time range: orange from 1, red from 20.',
    unit: 'short',
    sql: `select sum(greatest(attempt_count - ${stepCount}, 0)) as "Retries"
from etl_batches
where $__timeFilter(planned_at)`,
    thresholds: figureThresholds('green', { from: 1, color: 'orange' }, { from: 20, color: 'red' }),
    noValue: 'no batch',
  });
}

function holes(): StatBuilder {
  return headlineStat({
    id: 10,
    title: 'Holes',
    description:
      'Offsets that hold no record (control records, aborted transactions, compaction) in the ranges loaded in the time range. The producer leaves none; other producers may.',
    unit: 'short',
    sql: `select sum(hole_count) as "Holes"
from etl_batches
where state = 'loaded'
  and $__timeFilter(loaded_at)`,
    thresholds: figureThresholds('green', { from: 1, color: 'blue' }),
    noValue: 'no batch',
  });
}

function sinceReconciliation(): StatBuilder {
  return headlineStat({
    id: 11,
    title: 'Not reconciled for',
    description:
      'Time since facts, roll-ups, ledger and positions were last compared (etl reconcile), whatever time range is chosen; before the first time, since the first batch was planned: orange from 26 hours.',
    unit: 's',
    sql: sinceLastReconciliation,
    thresholds: figureThresholds('green', { from: reconciledEverySeconds, color: 'orange' }),
    noValue: 'no batch yet',
  });
}

function differences(): StatBuilder {
  return headlineStat({
    id: 12,
    title: 'Differences found',
    description:
      'Differences that the last reconciliation found, whatever time range is chosen. Each one is an error: red from 1.',
    unit: 'short',
    sql: `select difference_count as "Differences"
from etl_reconciliations
order by finished_at desc
limit 1`,
    thresholds: figureThresholds('green', { from: 1, color: 'red' }),
    noValue: 'never reconciled',
  });
}
