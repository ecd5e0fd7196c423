import {
  BigValueColorMode,
  BigValueGraphMode,
  PercentChangeColorMode,
  ReduceDataOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { ThresholdsConfigBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';

import { describePanel, type PanelDescription } from './describe-panel.ts';

/** Three of them fill a row of the grid: wide enough for their titles on a narrow screen, too. */
const size = { width: 8, height: 3 };

interface StatDescription extends Omit<PanelDescription, 'width' | 'height' | 'format'> {
  readonly thresholds: ThresholdsConfigBuilder;
  /** Shown when the query has no value. */
  readonly noValue: string;
}

interface ComparedStatDescription extends StatDescription {
  /** Whether a rise is good news: it colours the change. */
  readonly higherIs: 'better' | 'worse';
}

/** One large figure, coloured by its thresholds: the one value of its query. */
export function headlineStat(description: StatDescription): StatBuilder {
  return stat({ ...description, format: 'table' });
}

/** One large figure of a query that gives it as a series: its time, its name in a column called metric, and its value. */
export function seriesStat(description: StatDescription): StatBuilder {
  return stat({ ...description, format: 'time_series' });
}

/** A figure with its change: from the first value of its query to the last, as `dayAgainstDayBefore` gives them. */
export function comparedStat({ higherIs, ...description }: ComparedStatDescription): StatBuilder {
  return stat({ ...description, format: 'time_series' })
    .showPercentChange(true)
    .percentChangeColorMode(higherIs === 'better' ? PercentChangeColorMode.Standard : PercentChangeColorMode.Inverted);
}

function stat(description: StatDescription & Pick<PanelDescription, 'format'>): StatBuilder {
  return describePanel(new StatBuilder(), { ...description, ...size })
    .thresholds(description.thresholds)
    .noValue(description.noValue)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None);
}
