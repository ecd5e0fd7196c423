import type { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';

import { ageStat } from './age-stat.ts';
import { inTime, sinceLastLoad, staleAfter } from './sql/ledger.ts';
import { allowanceText } from './sql/schedule.ts';

/** How long ago a batch was last loaded, which is how far the figures may lag behind. */
export function sinceLastLoadStat(id: number): StatBuilder {
  return ageStat({
    id,
    title: 'Since the last load',
    description: `Time since a batch was last loaded, an empty one too, whatever time range is chosen; before the first, since the server of the warehouse started. Orange from ${allowanceText(inTime)}; red from ${allowanceText(staleAfter)}.`,
    age: sinceLastLoad,
    orangeFrom: inTime,
    redFrom: staleAfter,
    noValue: 'never',
  });
}
