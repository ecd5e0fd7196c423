/** A rule or rate with the days for which it holds, YYYY-MM-DD; `validTo` is exclusive, null without end. */
export interface Dated {
  readonly validFrom: string;
  readonly validTo: string | null;
}

/** A row that is in force. */
export interface Stored<Item> {
  readonly id: number;
  readonly item: Item;
}

/** What an import does: rows are added, and rows in force superseded by them; nothing is edited. */
export interface Changes<Item> {
  readonly superseded: readonly Stored<Item>[];
  readonly added: readonly Item[];
  readonly unchangedCount: number;
}

export interface ChangeRules<Item> {
  /** Only items of one scope can replace each other. */
  readonly scopeOf: (item: Item) => string;
  /** Whether two items of one scope and validity are the same. */
  readonly isSame: (a: Item, b: Item) => boolean;
}

/**
 * What changes when `incoming`, whose validities do not overlap within a scope, are put beside what is in force.
 * Of a row that one of them covers in part, what is left is added again, so that no day loses its rule.
 */
export function planChanges<Item extends Dated>(
  inForce: readonly Stored<Item>[],
  incoming: readonly Item[],
  { scopeOf, isSame }: ChangeRules<Item>,
): Changes<Item> {
  const stored = groupedBy(inForce, ({ item }) => scopeOf(item));
  const superseded: Stored<Item>[] = [];
  const added: Item[] = [];
  let unchangedCount = 0;
  for (const [scope, items] of groupedBy(incoming, scopeOf)) {
    const present = stored.get(scope) ?? [];
    const starts = new Map(present.map(({ item }) => [item.validFrom, item]));
    const isKnown = (item: Item): boolean => {
      const same = starts.get(item.validFrom);
      return same !== undefined && same.validTo === item.validTo && isSame(same, item);
    };
    const changed = items.filter((item) => !isKnown(item));
    unchangedCount += items.length - changed.length;
    added.push(...changed);
    for (const { row, covering } of covered(present, changed)) {
      superseded.push(row);
      added.push(...remainders(row.item, covering));
    }
  }
  return { superseded, added, unchangedCount };
}

/** Two lines of a file whose items have a day in common within one scope: the later line, and the earlier one that it clashes with. */
export interface Clash<Item> {
  readonly item: Item;
  readonly other: Item;
}

/** Items of one scope that have a day in common, in the order of their validity. */
export function findClashes<Item extends Dated>(
  items: readonly Item[],
  scopeOf: (item: Item) => string,
): Clash<Item>[] {
  const clashes: Clash<Item>[] = [];
  for (const group of groupedBy(items, scopeOf).values()) {
    let widest: Item | undefined;
    for (const item of group.toSorted(byStart)) {
      if (widest !== undefined && overlap(widest, item)) clashes.push({ item, other: widest });
      if (widest === undefined || endsAfter(item, widest)) widest = item;
    }
  }
  return clashes;
}

function byStart(a: Dated, b: Dated): number {
  return a.validFrom < b.validFrom ? -1 : Number(a.validFrom > b.validFrom);
}

function endsAfter(a: Dated, b: Dated): boolean {
  return b.validTo !== null && (a.validTo === null || a.validTo > b.validTo);
}

/** The rows in force that have days in common with changed items, with these; neither overlap among themselves. */
function* covered<Item extends Dated>(
  present: readonly Stored<Item>[],
  changed: readonly Item[],
): Generator<{ readonly row: Stored<Item>; readonly covering: readonly Item[] }> {
  const items = changed.toSorted(byStart);
  let first = 0;
  for (const row of present.toSorted((a, b) => byStart(a.item, b.item))) {
    while (endsBefore(items[first], row.item)) first += 1;
    const covering: Item[] = [];
    for (let index = first; ; index += 1) {
      const item = items[index];
      if (item === undefined || !overlap(item, row.item)) break;
      covering.push(item);
    }
    if (covering.length > 0) yield { row, covering };
  }
}

function endsBefore(item: Dated | undefined, row: Dated): boolean {
  return item !== undefined && item.validTo !== null && item.validTo <= row.validFrom;
}

/** Whether two validities have a day in common. */
function overlap(a: Dated, b: Dated): boolean {
  return (a.validTo === null || b.validFrom < a.validTo) && (b.validTo === null || a.validFrom < b.validTo);
}

/** The parts of an item's validity that none of the covering ones has, each with the values of the item. */
function remainders<Item extends Dated>(item: Item, covering: readonly Dated[]): Item[] {
  const parts: Item[] = [];
  let from: string | null = item.validFrom;
  for (const { validFrom, validTo } of covering) {
    if (from === null) break;
    if (from < validFrom) parts.push({ ...item, validFrom: from, validTo: validFrom });
    from = validTo;
  }
  if (from !== null && (item.validTo === null || from < item.validTo)) parts.push({ ...item, validFrom: from });
  return parts;
}

function groupedBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
