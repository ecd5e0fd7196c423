import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';

import { warehouseDatasource } from './warehouse-datasource.ts';

/** 'time_series' needs a column named time, in order; each other column is a series. 'table' takes rows as they are. */
export type QueryFormat = 'time_series' | 'table';

/** A query of Grafana's PostgreSQL datasource, for which the SDK has no builder. */
interface WarehouseQuery extends Dataquery {
  readonly refId: string;
  readonly datasource: typeof warehouseDatasource;
  readonly format: QueryFormat;
  readonly editorMode: 'code';
  readonly rawQuery: true;
  readonly rawSql: string;
}

/** The one query of a panel: SQL with Grafana's macros and with variables written as `${name:sqlstring}`. */
export function warehouseQuery(format: QueryFormat, rawSql: string): Builder<Dataquery> {
  const query: WarehouseQuery = {
    refId: 'A',
    datasource: warehouseDatasource,
    format,
    editorMode: 'code',
    rawQuery: true,
    rawSql,
    _implementsDataqueryVariant: () => undefined,
  };
  return { build: () => query };
}
