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
  table.overrideByFieldType('time', [...inUnit('dateTimeAsIso'), ...wide(170)]);
  for (const [name, properties] of Object.entries(columns)) table.overrideByName(name, [...properties]);
  return table;
}

/** Gives a column a Grafana unit. */
export function inUnit(unit: string): DynamicConfigValue[] {
  return [{ id: 'unit', value: unit }];
}

/** Gives a column a width in pixels. */
function wide(pixels: number): DynamicConfigValue[] {
  return [{ id: 'custom.width', value: pixels }];
}
