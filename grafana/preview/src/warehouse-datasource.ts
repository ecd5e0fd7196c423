import type {
  DataQuery,
  DataQueryRequest,
  DataQueryResponse,
  LegacyMetricFindQueryOptions,
  MetricFindValue,
  ScopedVars,
  TimeRange,
} from '@grafana/data';
import {
  MultiValueVariable,
  RuntimeDataSource,
  sceneGraph,
  SceneObjectBase,
  type SceneObject,
  type SceneVariable,
} from '@grafana/scenes';

import { allValues } from '../../src/preview/all-values.ts';
import type { OptionsAnswer, OptionsRequest, PanelAnswer, PanelRequest } from '../../src/preview/protocol.ts';
import { warehouseDatasource } from '../../src/warehouse-datasource.ts';
import { seriesFrame, tableFrame } from './answer-frame.ts';
import { askServer } from './ask-server.ts';

/** A query as the page knows it: by its panel. Its text is here only to find the variables that it depends on. */
export interface WarehouseQuery extends DataQuery {
  readonly dashboard: string;
  readonly panel: number;
  readonly format: 'table' | 'time_series';
  readonly rawSql: string;
}

/** Takes the place of Grafana's PostgreSQL datasource: asks the server for the rows of queries that it knows. */
export class WarehouseDatasource extends RuntimeDataSource {
  /** The roll-ups count by minute: no finer interval means anything. */
  override interval = '1m';

  constructor() {
    super(warehouseDatasource.type, warehouseDatasource.uid);
  }

  override async query(request: DataQueryRequest): Promise<DataQueryResponse> {
    const asking = sceneObjectOf(request.scopedVars);
    const frames = request.targets.filter(isWarehouseQuery).map(async ({ refId, dashboard, panel, format }) => {
      const intervalMs = Math.ceil(request.intervalMs / 1000) * 1000;
      const question = { dashboard, panel, refId, intervalMs, ...rangeMs(request.range), variables: chosenIn(asking) };
      const { columns } = await askServer<PanelAnswer>('/api/query', question satisfies PanelRequest);
      return format === 'time_series' ? seriesFrame(refId, columns) : tableFrame(refId, columns);
    });
    return { data: await Promise.all(frames) };
  }

  override async metricFindQuery(_: unknown, options: LegacyMetricFindQueryOptions = {}): Promise<MetricFindValue[]> {
    const asking = sceneObjectOf(options.scopedVars);
    const { range, variable } = options;
    if (range === undefined || variable === undefined)
      throw new Error('a variable asks without its name or time range');
    const others = Object.entries(chosenIn(asking)).filter(([name]) => name !== variable.name);
    const variables = Object.fromEntries(others);
    // A dashboard's scene has its uid as its key.
    const dashboard = asking.getRoot().state.key ?? '';
    const question = { dashboard, variable: variable.name, ...rangeMs(range), variables };
    const { options: values } = await askServer<OptionsAnswer>('/api/options', question satisfies OptionsRequest);
    return values.map((value) => ({ text: value, value }));
  }
}

function isWarehouseQuery(query: DataQuery): query is WarehouseQuery {
  return 'dashboard' in query && 'panel' in query;
}

function sceneObjectOf(scopedVars: ScopedVars | undefined): SceneObject {
  const holder: unknown = scopedVars?.['__sceneObject']?.value;
  const object: unknown = holder instanceof Object ? holder.valueOf() : undefined;
  if (object instanceof SceneObjectBase) return object;
  throw new Error('a query comes from outside the dashboard');
}

function rangeMs({ from, to }: TimeRange): { readonly from: number; readonly to: number } {
  return { from: from.valueOf(), to: to.valueOf() };
}

/** What is chosen in each variable, as the server takes it. */
function chosenIn(asking: SceneObject): Record<string, string[]> {
  const variables = sceneGraph.getVariables(asking).state.variables;
  return Object.fromEntries(variables.map((variable) => [variable.state.name, chosenOf(variable)]));
}

function chosenOf(variable: SceneVariable): string[] {
  if (variable instanceof MultiValueVariable && variable.hasAllValue()) return [allValues];
  const value: unknown = variable.getValue();
  const values = Array.isArray(value) ? value.map(String) : [String(value ?? '')];
  return values.length === 0 ? [''] : values;
}
