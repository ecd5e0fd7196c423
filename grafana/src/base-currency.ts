import { QueryVariableBuilder, VariableHide, VariableRefresh } from '@grafana/grafana-foundation-sdk/dashboard';

import { warehouseDatasource } from './warehouse-datasource.ts';

/**
 * Unit of amounts in the base currency: a plain number, since a dashboard's units are fixed when it is generated. Titles
 * name the currency, which the warehouse knows (ETL_BASE_CURRENCY sets it).
 */
export const baseAmountUnit = 'short';

/** Name of the variable that holds the code of the base currency. */
export const baseCurrencyName = 'base_currency';

/** A title with the code of the base currency behind it. */
export function inBaseCurrency(title: string): string {
  return `${title} (\${${baseCurrencyName}})`;
}

/** Reads the base currency from the warehouse, for titles. */
export function baseCurrencyVariable(): QueryVariableBuilder {
  const sql = 'select base_currency from warehouse_state';
  return (
    new QueryVariableBuilder(baseCurrencyName)
      .description('Code of the base currency.')
      .datasource(warehouseDatasource)
      .query(sql)
      .definition(sql)
      // With each refresh, so that a warehouse that was away as the page was opened leaves no gap in titles.
      .refresh(VariableRefresh.OnTimeRangeChanged)
      .hide(VariableHide.HideVariable)
  );
}
