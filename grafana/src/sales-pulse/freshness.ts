import type { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';

import { headlineStat } from '../headline-stat.ts';
import { thresholds } from '../thresholds.ts';

/** How long ago a batch was last loaded. */
export function freshness(): StatBuilder {
  return headlineStat({
    id: 6,
    title: 'Since the last load',
    description:
      'Seconds since a batch was last loaded, an empty one too, whatever time range is chosen. A batch follows every 30 s (ETL_SCHEDULE_SECONDS): orange from 60 s, red from 90 s.',
    unit: 's',
    format: 'table',
    sql: `select
  extract(epoch from now() - max(loaded_at)) as "Since the last load"
from etl_batches
where state = 'loaded'`,
    thresholds: thresholds('green', { from: 60, color: 'orange' }, { from: 90, color: 'red' }),
    noValue: 'never',
  });
}
