import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  ReduceDataOptionsBuilder,
  VizTextDisplayOptionsBuilder,
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

/** One large figure, coloured by its thresholds: the one value of its query. */
export function headlineStat(description: StatDescription): StatBuilder {
  return stat({ ...description, format: 'table' });
}

/** One large figure of a query that gives it as a series: its time, its name in a column called metric, and its value. */
export function seriesStat(description: StatDescription): StatBuilder {
  return stat({ ...description, format: 'time_series' });
}

/** The same with the name beside the figure, which is its change, as `dayAgainstDayBefore` gives it. */
export function comparedStat(description: StatDescription): StatBuilder {
  return seriesStat(description)
    .textMode(BigValueTextMode.ValueAndName)
    .text(new VizTextDisplayOptionsBuilder().titleSize(14));
}

function stat(description: StatDescription & Pick<PanelDescription, 'format'>): StatBuilder {
  return describePanel(new StatBuilder(), { ...description, ...size })
    .thresholds(description.thresholds)
    .noValue(description.noValue)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None);
}
