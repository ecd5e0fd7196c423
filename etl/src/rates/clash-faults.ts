import { findClashes, type Dated } from './plan-changes.ts';
import type { LineFault } from './read-csv.ts';

/** An item and the line that it stands on. */
export interface OnLine<Item> {
  readonly line: number;
  readonly item: Item;
}

/** A fault of each line whose item shares a day with one of the same scope on another line. */
export function clashFaults<Item extends Dated>(
  read: readonly OnLine<Item>[],
  scopeOf: (item: Item) => string,
): LineFault[] {
  const dated = read.map(({ line, item }) => ({ line, item, validFrom: item.validFrom, validTo: item.validTo }));
  return findClashes(dated, ({ item }) => scopeOf(item)).map(({ item: a, other: b }) => {
    const [later, earlier] = a.line > b.line ? [a, b] : [b, a];
    const isDuplicate = a.validFrom === b.validFrom && a.validTo === b.validTo;
    const what = isDuplicate ? 'duplicate of' : 'overlapping validity with';
    return { line: later.line, fault: `${what} line ${earlier.line} (${scopeOf(later.item)})` };
  });
}
