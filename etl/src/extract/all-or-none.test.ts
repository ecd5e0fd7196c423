import { expect, test } from 'vitest';

import { allOrNone } from './all-or-none.ts';

test('results come in the order of the items, whichever is first', async () => {
  const { promise: later, resolve } = Promise.withResolvers<void>();
  const work = async (item: string): Promise<string> => {
    if (item === 'a') await later;
    else resolve();
    return item.toUpperCase();
  };
  expect(await allOrNone(['a', 'b'], work)).toEqual(['A', 'B']);
});

test('the first failure stops the others, and is thrown when they have ended', async () => {
  const ended: string[] = [];
  const work = async (item: string, signal: AbortSignal): Promise<void> => {
    if (item === 'b') throw new Error('b failed');
    const { promise: aborted, resolve } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => resolve());
    await aborted;
    ended.push(item);
    signal.throwIfAborted();
  };
  await expect(allOrNone(['a', 'b', 'c'], work)).rejects.toThrow('b failed');
  expect(ended).toEqual(['a', 'c']);
});
