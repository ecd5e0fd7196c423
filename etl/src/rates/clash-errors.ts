import { findClashes, type Dated } from './plan-changes.ts';
import type { LineError } from './read-csv.ts';

/** An item and the line that it stands on. */
export interface OnLine<Item> {
  readonly line: number;
  readonly item: Item;
}

/** An error for each line whose item shares a day with one of the same scope on another line. */
export function clashErrors<Item extends Dated>(
  read: readonly OnLine<Item>[],
  scopeOf: (item: Item) => string,
): LineError[] {
  const dated = read.map(({ line, item }) => ({ line, item, validFrom: item.validFrom, validTo: item.validTo }));
  return findClashes(dated, ({ item }) => scopeOf(item)).map(({ item: a, other: b }) => {
    const [later, earlier] = a.line > b.line ? [a, b] : [b, a];
    const isDuplicate = a.validFrom === b.validFrom && a.validTo === b.validTo;
    const what = isDuplicate ? 'duplicate of' : 'overlapping validity with';
    return { line: later.line, error: `${what} line ${earlier.line} (${scopeOf(later.item)})` };
  });
}
