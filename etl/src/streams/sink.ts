import type { CopyTarget } from '../warehouse/copy-rows.ts';
import type { Column } from './field.ts';

/** A table that a stream's rows go to, and the columns of such a row in its order. */
export interface Sink {
  readonly table: string;
  readonly columns: readonly Column[];
  readonly format: CopyTarget['format'];
}

/** A column of a sink; null is not allowed in it. */
export function column(name: string, type: string): Column {
  return { name, type, isNullable: false };
}

/** The same where null is allowed. */
export function nullable(name: string, type: string): Column {
  return { name, type, isNullable: true };
}

/** What COPY is asked for. */
export function copyTargetOf({ table, columns, format }: Sink): CopyTarget {
  return { table, columns: columns.map(({ name }) => name), format };
}
