import {
  behaviors,
  ConstantVariable,
  CustomVariable,
  EmbeddedScene,
  QueryVariable,
  SceneGridItem,
  SceneGridLayout,
  SceneGridRow,
  SceneQueryRunner,
  SceneRefreshPicker,
  SceneTimePicker,
  SceneTimeRange,
  SceneVariableSet,
  TextBoxVariable,
  VariableValueSelectors,
  VizPanel,
  type SceneVariable,
} from '@grafana/scenes';
import { DashboardCursorSync } from '@grafana/schema';

import { warehouseDatasource } from '../../src/warehouse-datasource.ts';
import type { DashboardJson, PanelJson, VariableJson } from './dashboard-json.ts';
import { DashboardControls } from './dashboard-controls.tsx';
import { DashboardLinks } from './dashboard-links.tsx';
import type { WarehouseQuery } from './warehouse-datasource.ts';

/** A dashboard's JSON as a scene that lives: variables, time range, refresh and panels. */
export function dashboardScene(json: DashboardJson): EmbeddedScene {
  return new EmbeddedScene({
    key: json.uid,
    $timeRange: new SceneTimeRange({ ...json.time, timeZone: 'utc' }),
    $variables: new SceneVariableSet({ variables: json.templating.list.map(sceneVariable) }),
    $behaviors: [new behaviors.CursorSync({ sync: json.graphTooltip ?? DashboardCursorSync.Off })],
    controls: [
      new DashboardControls({
        variables: new VariableValueSelectors({}),
        links: new DashboardLinks({ dashboard: json.uid, links: json.links ?? [] }),
        timePicker: new SceneTimePicker({ isOnCanvas: true }),
        refreshPicker: new SceneRefreshPicker({
          refresh: json.refresh ?? '',
          intervals: ['5s', '10s', '30s', '1m', '5m', '15m', '30m', '1h'],
          isOnCanvas: true,
        }),
      }),
    ],
    body: new SceneGridLayout({ isDraggable: false, isResizable: false, children: gridItems(json) }),
  });
}

function sceneVariable(json: VariableJson): SceneVariable {
  const { name, label = name, description = '', hide = 0 } = json;
  const shared = { name, label, description, hide };
  const several = {
    ...shared,
    isMulti: json.multi ?? false,
    includeAll: json.includeAll ?? false,
    allValue: json.allValue,
    value: json.current?.value ?? '',
    text: json.current?.text ?? '',
  };
  switch (json.type) {
    case 'query':
      return new QueryVariable({
        ...several,
        datasource: warehouseDatasource,
        query: typeof json.query === 'string' ? json.query : '',
        refresh: json.refresh ?? 1,
        sort: json.sort ?? 0,
      });
    case 'custom':
      return new CustomVariable({ ...several, query: String(json.query ?? '') });
    case 'textbox':
      return new TextBoxVariable({ ...shared, value: String(json.current?.value ?? json.query ?? '') });
    case 'constant':
      return new ConstantVariable({ ...shared, value: String(json.query ?? '') });
    default:
      throw new Error(`The preview does not know variables of the type ${json.type} (${name}).`);
  }
}

/** Panels in the grid. A row's panels are those up to the next row, or its own where it is folded. */
function gridItems({ uid, panels }: DashboardJson): (SceneGridItem | SceneGridRow)[] {
  const items: (SceneGridItem | SceneGridRow)[] = [];
  let row: { readonly json: PanelJson; readonly children: SceneGridItem[] } | undefined;
  const endRow = (): void => {
    if (row !== undefined) items.push(gridRow(row.json, row.children));
    row = undefined;
  };
  for (const panel of panels) {
    if (panel.type !== 'row') (row?.children ?? items).push(gridItem(uid, panel));
    else {
      endRow();
      row = { json: panel, children: (panel.panels ?? []).map((child) => gridItem(uid, child)) };
    }
  }
  endRow();
  return items;
}

function gridRow({ title = '', gridPos, collapsed = false }: PanelJson, children: SceneGridItem[]): SceneGridRow {
  return new SceneGridRow({ title, y: gridPos.y, isCollapsed: collapsed, isCollapsible: true, children });
}

function gridItem(dashboard: string, json: PanelJson): SceneGridItem {
  const { x, y, w: width, h: height } = json.gridPos;
  return new SceneGridItem({ x, y, width, height, body: vizPanel(dashboard, json) });
}

function vizPanel(dashboard: string, json: PanelJson): VizPanel {
  const queries = (json.targets ?? []).map(({ refId, format = 'table', rawSql = '' }): WarehouseQuery => ({
    refId,
    dashboard,
    panel: json.id,
    format,
    rawSql,
  }));
  return new VizPanel({
    key: `panel-${json.id}`,
    pluginId: json.type,
    title: json.title ?? '',
    description: json.description ?? '',
    displayMode: json.transparent === true ? 'transparent' : 'default',
    options: json.options ?? {},
    fieldConfig: json.fieldConfig ?? { defaults: {}, overrides: [] },
    ...(queries.length === 0 ? {} : { $data: queryRunner(json, queries) }),
  });
}

function queryRunner({ interval, maxDataPoints }: PanelJson, queries: WarehouseQuery[]): SceneQueryRunner {
  return new SceneQueryRunner({
    datasource: warehouseDatasource,
    queries,
    ...(interval === undefined ? {} : { minInterval: interval }),
    ...(maxDataPoints === undefined ? {} : { maxDataPoints }),
  });
}
