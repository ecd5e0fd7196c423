import { createDataFrame, FieldType, type DataFrame, type Field } from '@grafana/data';

import type { Column } from '../../src/preview/protocol.ts';

const fieldTypes = {
  time: FieldType.time,
  number: FieldType.number,
  boolean: FieldType.boolean,
  string: FieldType.string,
} as const;

/** An answer's columns unchanged: one row a row. */
export function tableFrame(refId: string, columns: readonly Column[]): DataFrame {
  const fields = columns.map(({ name, type, values }) => ({
    name,
    type: fieldTypes[type],
    config: {},
    values: [...values],
  }));
  return createDataFrame({ refId, fields });
}

/**
 * An answer's columns as series over time, as Grafana's PostgreSQL datasource makes them: a column of text names the
 * series of its row, so that rows of one time come side by side.
 */
export function seriesFrame(refId: string, columns: readonly Column[]): DataFrame {
  const frame = tableFrame(refId, columns);
  const time = frame.fields.find(({ type }) => type === FieldType.time);
  const names = frame.fields.filter(({ type }) => type === FieldType.string);
  if (time === undefined || names.length === 0) return frame;
  const numbers = frame.fields.filter(({ type }) => type === FieldType.number);
  const times = [...new Set<number>(time.values)];
  const rows = new Map(times.map((value, index) => [value, index]));
  const series = new Map<string, Partial<Field>>();
  for (let row = 0; row < frame.length; row += 1) {
    const name = names.map(({ values }) => values[row] ?? '').join(' ');
    for (const number of numbers) {
      const key = numbers.length === 1 ? name : `${number.name} ${name}`;
      const field = series.get(key) ?? { name: key, type: FieldType.number, config: {}, values: times.map(() => null) };
      series.set(key, field);
      field.values?.splice(rows.get(time.values[row]) ?? 0, 1, number.values[row]);
    }
  }
  return createDataFrame({ refId, fields: [{ ...time, values: times }, ...series.values()] });
}
