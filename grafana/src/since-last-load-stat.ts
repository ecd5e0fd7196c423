import type { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';

import { headlineStat } from './headline-stat.ts';
import { sinceLastLoad, staleAfterSeconds } from './sql/ledger.ts';
import { thresholds } from './thresholds.ts';

/** How long ago a batch was last loaded, which is how far the figures may lag behind. */
export function sinceLastLoadStat(id: number): StatBuilder {
  return headlineStat({
    id,
    title: 'Since the last load',
    description: `Time since a batch was last loaded, an empty one too, whatever time range is chosen; before the first, since the server of the warehouse started. A batch follows every 30 s (ETL_SCHEDULE_SECONDS): orange from 60 s, red from ${staleAfterSeconds} s.`,
    unit: 's',
    sql: sinceLastLoad,
    thresholds: thresholds('green', { from: 60, color: 'orange' }, { from: staleAfterSeconds, color: 'red' }),
    noValue: 'never',
  });
}
