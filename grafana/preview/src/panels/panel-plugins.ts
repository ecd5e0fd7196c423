import type { PanelPlugin } from '@grafana/data';

import type { drawnPanelTypes } from '../../../src/preview/drawn-panel-types.ts';
import { barChart } from './bar-chart.tsx';
import { stat } from './stat.tsx';
import { table } from './table.tsx';
import { timeSeries } from './time-series.tsx';

const plugins: Readonly<Record<(typeof drawnPanelTypes)[number], PanelPlugin>> = {
  barchart: named('barchart', barChart),
  stat: named('stat', stat),
  table: named('table', table),
  timeseries: named('timeseries', timeSeries),
};

/**
 * Grafana's own panels are no packages: these draw the same kinds of panel with the components that Grafana's are made
 * of, by their id in a dashboard's JSON.
 */
export const panelPlugins: ReadonlyMap<string, PanelPlugin> = new Map(Object.entries(plugins));

/** Grafana's plugin loader fills these in from a plugin's manifest. */
function named(id: string, plugin: PanelPlugin): PanelPlugin {
  plugin.meta = {
    ...plugin.meta,
    id,
    name: id,
    module: '',
    baseUrl: '',
    info: {
      author: { name: 'Global Sales Pulse' },
      description: '',
      links: [],
      logos: { large: '', small: '' },
      screenshots: [],
      updated: '',
      version: '13.2.2',
    },
  };
  return plugin;
}
