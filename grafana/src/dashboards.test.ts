import { readdir, readFile } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import { checkDashboard } from './check-dashboard.ts';
import { dashboardsFolder } from './dashboards-folder.ts';
import { dashboardFiles } from './generated-files.ts';
import { readDashboard, type DashboardJson, type PanelJson } from './read-dashboard.ts';

const files = dashboardFiles();

test('the committed dashboards are those that `pnpm --filter @pulse/grafana run generate` writes', async () => {
  expect(await readdir(dashboardsFolder)).toEqual([...files.keys()]);
  for (const [name, text] of files) expect(await readFile(new URL(name, dashboardsFolder), 'utf8')).toBe(text);
});

test('generating twice gives the same text', () => {
  expect(dashboardFiles()).toEqual(files);
});

test.each([...files.keys()].map((name) => name.replace('.json', '')))('%s keeps the conventions', async (uid) => {
  expect(checkDashboard(await readDashboard(uid))).toEqual([]);
});

describe('a breach of the conventions is found:', () => {
  const head: [string, (dashboard: DashboardJson) => void][] = [
    ['the time zone is browser, not utc', (dashboard) => (dashboard.timezone = 'browser')],
    ['it refreshes every 5s, not every 30s', (dashboard) => (dashboard.refresh = '5s')],
    ['the tag global-sales-pulse is missing', (dashboard) => (dashboard.tags = ['sales'])],
    ['no link leads to the other dashboards with time and variables', (dashboard) => (dashboard.links = [])],
    ['two panels have the id 1', ({ panels }) => panels.forEach((panel) => (panel.id = 1))],
    ['two panels cover the cell 0, 0', ({ panels }) => panels.forEach((panel) => (panel.gridPos.y = 0))],
    [
      'the variable category has no choice of all values',
      ({ templating }) =>
        templating.list.forEach((variable) => {
          if (variable.type === 'query') variable.allValue = '';
        }),
    ],
    [
      'the variable currency is missing: links could not carry it further',
      ({ templating }) => void templating.list.splice(2, 1),
    ],
  ];
  test.each(head)('%s', async (breach, plant) => {
    const dashboard = await readDashboard('sales-pulse');
    plant(dashboard);
    expect(checkDashboard(dashboard)).toContain(breach);
  });

  const panels: [string, (panel: PanelJson) => void][] = [
    ['its title names no variable: region', (panel) => (panel.title = 'Sales of ${region}')],
    ['its description is too short', (panel) => (panel.description = 'Sales')],
    ['it has no unit', (panel) => (panel.fieldConfig.defaults.unit = '')],
    ['it has no query', (panel) => (panel.targets = [])],
    [
      'Grafana would show ∞ % for its change where the first value is 0',
      (panel) => (panel.options = { showPercentChange: true }),
    ],
    ['its interval is none, and no variable either: ${gone}s', (panel) => (panel.interval = '${gone}s')],
    ['it reads another datasource', (panel) => (panel.datasource.uid = 'other')],
    ['it has no thresholds', (panel) => (panel.fieldConfig.defaults.thresholds = undefined)],
    ['its thresholds have no base colour', (panel) => panel.fieldConfig.defaults.thresholds?.steps.shift()],
  ];
  test.each(panels)('%s', async (breach, plant) => {
    const dashboard = await readDashboard('sales-pulse');
    const [panel] = dashboard.panels;
    if (panel === undefined) throw new Error('the dashboard has no panel');
    plant(panel);
    expect(checkDashboard(dashboard)).toContain(`panel ${panel.id} (${panel.title}): ${breach}`);
  });

  test('its title does not name the base currency', async () => {
    const dashboard = await readDashboard('sales-pulse');
    for (const panel of dashboard.panels) panel.title = panel.title.replace(' (${base_currency})', '');
    const breaches = checkDashboard(dashboard).filter((breach) => breach.endsWith('name the base currency'));
    expect(breaches).toHaveLength(7);
  });

  test('a link leads nowhere', async () => {
    const dashboard = await readDashboard('fraud');
    const links = dashboard.panels
      .flatMap(({ fieldConfig }) => fieldConfig.overrides)
      .flatMap(({ properties }) => properties);
    for (const link of links)
      if (link.id === 'links') link.value = [{ title: 'x', url: '/d/gone?${__url_time_range}' }];
    expect(checkDashboard(dashboard).filter((breach) => breach.includes('leads nowhere'))).not.toEqual([]);
  });
});
