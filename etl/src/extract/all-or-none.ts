/**
 * Runs one piece of work for each item, all at once, and waits for every one to end. The first failure tells the others
 * to stop, by their signal, and is thrown when they have: nothing goes on behind the caller's back.
 * @returns the results in the order of the items.
 */
export async function allOrNone<Item, Result>(
  items: readonly Item[],
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
): Promise<Result[]> {
  const stop = new AbortController();
  const failures: unknown[] = [];
  const results = await Promise.all(
    items.map(async (item) => {
      try {
        return [await work(item, stop.signal)];
      } catch (error) {
        failures.push(error);
        stop.abort(error);
        return [];
      }
    }),
  );
  if (failures.length > 0) throw failures[0];
  return results.flat(1);
}
