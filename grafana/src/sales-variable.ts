import {
  QueryVariableBuilder,
  VariableHide,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';

import { salesInRange } from './sql/sales-between.ts';
import { everything, salesFilters, type SalesFilter } from './sql/sales-filter.ts';
import { warehouseDatasource } from './warehouse-datasource.ts';

/**
 * The choices that every dashboard of the project has, so that links carry them from one to the next and back. A dashboard
 * whose panels they do not narrow hides them.
 */
export function salesVariables(hide = VariableHide.DontHide): QueryVariableBuilder[] {
  return salesFilters.map((filter) => salesVariable(filter).hide(hide));
}

/** A choice of several values, or all, among those that were sold in the time range. */
function salesVariable({ variable, label, expression }: SalesFilter): QueryVariableBuilder {
  const sql = `select distinct ${expression}
from ${salesInRange}
order by 1`;
  return new QueryVariableBuilder(variable)
    .label(label)
    .description(`Narrows every panel of sales to the chosen values of ${label.toLowerCase()}.`)
    .datasource(warehouseDatasource)
    .query(sql)
    .definition(sql)
    .multi(true)
    .includeAll(true)
    .allValue(everything)
    .current({ selected: true, text: ['All'], value: ['$__all'] })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.Disabled);
}
