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
  // To the second: milliseconds do not fit a column's width, and are not needed.
  table.overrideByFieldType('time', [...inUnit('dateTimeAsIso'), ...wide(160)]);
  // Else a text of digits is shown as a number: an id rounded, an amount without its decimals.
  table.overrideByFieldType('string', inUnit('string'));
  const names = columnNames(description.sql);
  // A table without a column that could grow would leave the right side of its panel empty.
  const widthOf = names.every((name) => name in shortColumns) ? minWidthOf : fixedWidthOf;
  for (const name of names) {
    // Else a cell without a value would show the text for a table without rows.
    table.overrideByName(name, [{ id: 'noValue', value: '–' }, ...widthOf(name), ...(columns[name] ?? [])]);
  }
  return table;
}

/** Names of the columns that people read, in the order in which the SQL first has them. */
function columnNames(sql: string): string[] {
  return [...new Set([...sql.matchAll(/ as "([^"]+)"/g)].map(([, name = '']) => name))];
}

/** Columns that are always short, and their width in pixels; the rest of the table is divided among the other columns. */
const shortColumns: Readonly<Record<string, number>> = {
  Country: 80,
  Currency: 80,
  Amount: 115,
  Tax: 105,
  Total: 115,
  'Base amount': 115,
  Revenue: 115,
  'Average order': 115,
  'Base currency': 115,
  'Own currency': 115,
  'Tax, own currency': 135,
  'Tax, base': 105,
  Mean: 100,
  Deviation: 100,
  Rate: 75,
  'Of all': 70,
  Transactions: 100,
  Alerts: 75,
  'Highest score': 110,
  Flagged: 75,
  Score: 60,
  Decision: 80,
  Fraud: 70,
  'Latest country': 110,
  'Latest currency': 115,
  Part: 75,
  'Rule set': 100,
  Known: 75,
  'Known fraud': 100,
  Found: 75,
  Missed: 75,
  Precision: 85,
  Recall: 70,
  Objective: 85,
  Kept: 80,
  Burn: 60,
  Kind: 95,
  State: 90,
  Step: 90,
  Epoch: 65,
  Partition: 80,
  Offset: 90,
  'Until loaded': 105,
  Duration: 90,
  Read: 75,
  Duplicates: 95,
  Rejected: 80,
  Holes: 65,
  'Other keys': 95,
  Retries: 70,
  Status: 85,
  From: 100,
  Next: 100,
  Offsets: 85,
  'Left behind': 100,
  Lost: 75,
  Seen: 65,
  Position: 90,
  End: 90,
  Lag: 75,
  Held: 75,
  'As of': 75,
};

/**
 * The narrowest width of columns that may be long: ids are whole (a customer's with up to fifty characters, an order's
 * when it is a UUID), and the table scrolls to the side where the screen is too narrow for all of them.
 */
const longColumns: Readonly<Record<string, number>> = {
  Order: 320,
  Customer: 430,
  Category: 110,
  Batch: 345,
  'Airflow run': 345,
  Topic: 120,
  Rules: 230,
  Observed: 420,
  Message: 300,
  Reason: 190,
  Field: 120,
  Incident: 200,
};

/** What is longer than such a column continues on the next line. */
const wrappedColumns: ReadonlySet<string> = new Set([
  'Order',
  'Customer',
  'Batch',
  'Airflow run',
  'Topic',
  'Rules',
  'Observed',
  'Message',
  'First difference',
]);

function fixedWidthOf(name: string): DynamicConfigValue[] {
  const width = shortColumns[name];
  return width === undefined ? [...minWidthOf(name), ...wrapOf(name)] : wide(width);
}

function minWidthOf(name: string): DynamicConfigValue[] {
  const width = shortColumns[name] ?? longColumns[name];
  return width === undefined ? [] : [{ id: 'custom.minWidth', value: width }];
}

function wrapOf(name: string): DynamicConfigValue[] {
  return wrappedColumns.has(name) ? [{ id: 'custom.wrapText', value: true }] : [];
}

/** Gives a column a Grafana unit. */
export function inUnit(unit: string): DynamicConfigValue[] {
  return [{ id: 'unit', value: unit }];
}

/** Properties of a column of amounts, which are text (`moneyText`): aligned to the right, as numbers are. */
export const money: readonly DynamicConfigValue[] = [{ id: 'custom.align', value: 'right' }];

/** Gives a column a width in pixels. */
function wide(pixels: number): DynamicConfigValue[] {
  return [{ id: 'custom.width', value: pixels }];
}
