import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';

import { describePanel, type PanelDescription } from './describe-panel.ts';

interface TableDescription extends Omit<PanelDescription, 'format' | 'unit'> {
  /** Properties of columns by their names; a plain number has no unit. */
  readonly columns?: Readonly<Record<string, readonly DynamicConfigValue[]>>;
  /** Shown when there is no row. */
  readonly noValue: string;
}

/** Rows as they are, newest or most important first. */
export function tablePanel({ columns = {}, noValue, ...description }: TableDescription): TableBuilder {
  const table = describePanel(new TableBuilder(), { ...description, unit: 'none', format: 'table' }).noValue(noValue);
  // To the second: milliseconds do not fit a column's width, and nobody reads them.
  table.overrideByFieldType('time', [...inUnit('dateTimeAsIso'), ...wide(165)]);
  for (const name of columnNames(description.sql)) {
    // Else a cell without a value would say that there is no row.
    table.overrideByName(name, [{ id: 'noValue', value: '–' }, ...widthOf(name), ...(columns[name] ?? [])]);
  }
  return table;
}

/** Names of the columns that people read, in the order in which the SQL first has them. */
function columnNames(sql: string): string[] {
  return [...new Set([...sql.matchAll(/ as "([^"]+)"/g)].map(([, name = '']) => name))];
}

/** What is always short has this width in pixels; the rest of the table is shared out among the other columns. */
const shortColumns: Readonly<Record<string, number>> = {
  Country: 80,
  Currency: 85,
  Amount: 95,
  Tax: 80,
  Total: 95,
  'Base amount': 105,
  Revenue: 85,
  'Average order': 110,
  'Base currency': 125,
  'Own currency': 120,
  'Tax, own currency': 140,
  Share: 80,
  Transactions: 100,
  Alerts: 80,
  'Highest score': 120,
  Flagged: 75,
  Score: 75,
  Decision: 90,
  Fraud: 75,
  Part: 80,
  'Rule set': 110,
  Kind: 95,
  State: 90,
  Step: 90,
  Epoch: 75,
  Partition: 85,
  Offset: 90,
  Read: 80,
  Loaded: 80,
  Duplicates: 100,
  Rejected: 90,
  Holes: 75,
  'Other keys': 100,
  Status: 90,
  Position: 110,
  End: 110,
  Lag: 90,
  'As of': 80,
};

/** Ids and sentences are whole where the screen is wide enough; the table scrolls to the side where it is not. */
const longColumns: Readonly<Record<string, number>> = {
  Order: 305,
  Customer: 120,
  Category: 110,
  Batch: 345,
  'Airflow run': 345,
  Topic: 150,
  Rules: 230,
  Observed: 320,
  Message: 320,
  Reason: 190,
};

function widthOf(name: string): DynamicConfigValue[] {
  const [short, long] = [shortColumns[name], longColumns[name]];
  if (short !== undefined) return wide(short);
  return long === undefined ? [] : [{ id: 'custom.minWidth', value: long }];
}

/** Gives a column a Grafana unit. */
export function inUnit(unit: string): DynamicConfigValue[] {
  return [{ id: 'unit', value: unit }];
}

/** Gives a column a width in pixels. */
function wide(pixels: number): DynamicConfigValue[] {
  return [{ id: 'custom.width', value: pixels }];
}
