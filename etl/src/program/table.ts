import Table from 'cli-table3';

export type Cell = string | number | bigint | Date | null;

/** Rows as a table for a terminal; times in UTC, to the second. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const result = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  for (const row of rows) result.push(row.map(cellText));
  return result.toString();
}

/** A time as people read it: 2026-11-22 20:15:00. */
export function timeText(time: Date): string {
  return time.toISOString().slice(0, 19).replace('T', ' ');
}

function cellText(cell: Cell): string {
  if (cell === null) return '';
  return cell instanceof Date ? timeText(cell) : String(cell);
}
