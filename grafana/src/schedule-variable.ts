import { QueryVariableBuilder, VariableHide, VariableRefresh } from '@grafana/grafana-foundation-sdk/dashboard';

import { warehouseDatasource } from './warehouse-datasource.ts';

/** Name of the variable that holds the seconds between two batches. */
export const scheduleName = 'schedule_seconds';

/** Narrowest interval of a graph's point of which each has a batch. */
export const batchInterval = `\${${scheduleName}}s`;

/** Reads the schedule from the warehouse, for graphs of batches. */
export function scheduleVariable(): QueryVariableBuilder {
  const sql = 'select schedule_seconds from warehouse_state';
  return (
    new QueryVariableBuilder(scheduleName)
      .description('Seconds between two batches.')
      .datasource(warehouseDatasource)
      .query(sql)
      .definition(sql)
      // Until the warehouse has answered.
      .current({ text: '30', value: '30' })
      .refresh(VariableRefresh.OnTimeRangeChanged)
      .hide(VariableHide.HideVariable)
  );
}
