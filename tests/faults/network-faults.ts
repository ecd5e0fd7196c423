import { setTimeout as delay } from 'node:timers/promises';

import { okay, temporary, type Hand } from './hand.ts';
import type { Injector } from './injector.ts';
import type { NetworkProxy } from '../support/network-proxy.ts';

/** Connections to the warehouse are slow, and then reset. */
export const resettingWarehouse: Injector = {
  counts: ['warehouseResets', 'slowLinks'],
  inject: async (hand) => {
    const { network } = hand.field.proxy;
    hand.counts.warehouseResets += await resetSlowed(hand, network, [2, 25]);
  },
};

/** Connections to the broker are slow, one is reset in the middle of a fetch's answer, and then all are. */
export const resettingBroker: Injector = {
  counts: ['brokerResets', 'cutFetches', 'slowLinks'],
  inject: async (hand) => {
    const { brokerProxy } = hand.stand;
    const before = brokerProxy.cutFetches;
    brokerProxy.cutNextFetch();
    hand.expect(await hand.runBatch(), [okay, temporary]);
    brokerProxy.disarm();
    hand.counts.cutFetches += brokerProxy.cutFetches - before;
    await hand.produce();
    hand.counts.brokerResets += await resetSlowed(hand, brokerProxy.network, [5, 80]);
  },
};

/**
 * Connections become half-open: one to the warehouse in the middle of a COPY, others anywhere, and one to the broker when
 * records are on their way or anywhere. Neither side hears of the other any more, and nobody ends the runs.
 */
export const freezing: Injector = {
  counts: ['copyFreezes', 'warehouseFreezes', 'brokerFreezes'],
  inject: async (hand) => {
    const { proxy } = hand.field;
    const { brokerProxy } = hand.stand;
    const before = { copies: proxy.frozenCopies, fetches: brokerProxy.frozenFetches };
    proxy.freezeNextCopy();
    const running = [hand.runBatch()];
    await until(() => proxy.frozenCopies > before.copies);
    running.push(hand.runBatch(), hand.runBatch());
    if (hand.random.chance(0.5)) brokerProxy.freezeNextFetch();
    else {
      await until(() => brokerProxy.network.openCount > 0);
      await delay(hand.random.between(0, 100));
      hand.counts.brokerFreezes += brokerProxy.network.freezeAll();
    }
    await until(() => proxy.network.openCount > 0);
    await delay(hand.random.between(0, 400));
    hand.counts.warehouseFreezes += proxy.network.freezeAll();
    for (const ended of await Promise.all(running)) hand.expect(ended, [okay, temporary]);
    proxy.disarm();
    brokerProxy.disarm();
    hand.counts.copyFreezes += proxy.frozenCopies - before.copies;
    hand.counts.brokerFreezes += brokerProxy.frozenFetches - before.fetches;
  },
};

/** Two runs at once over slow connections, all of which are reset some time later. @returns how many there were. */
async function resetSlowed(hand: Hand, network: NetworkProxy, delaysMs: readonly [number, number]): Promise<number> {
  network.delay(hand.random.between(...delaysMs));
  const running = [hand.runBatch(), hand.runBatch()];
  await until(() => network.openCount > 0);
  await delay(hand.random.between(50, 600));
  const count = network.resetAll();
  network.delay(0);
  for (const ended of await Promise.all(running)) hand.expect(ended, [okay, temporary]);
  hand.counts.slowLinks += count;
  return count;
}

const patienceMs = 5000;

/** Waits until there is something to break, or for some time: where nothing comes of it, nothing is counted. */
async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!condition() && performance.now() < deadline) await delay(5);
}
