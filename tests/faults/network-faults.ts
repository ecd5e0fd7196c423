import { setTimeout as delay } from 'node:timers/promises';

import { okay, temporary, type Driver } from './driver.ts';
import type { Injector } from './injector.ts';
import type { NetworkProxy } from '../support/network-proxy.ts';

/** Connections to the warehouse become slow and are then reset. */
export const resettingWarehouse: Injector = {
  counts: ['warehouseResets', 'slowLinks'],
  inject: async (driver) => {
    const { network } = driver.environment.proxy;
    driver.counts.warehouseResets += await resetSlowed(driver, network, [2, 25]);
  },
};

/** One connection to the broker is reset in the middle of a fetch's answer; then all become slow and are reset. */
export const resettingBroker: Injector = {
  counts: ['brokerResets', 'cutFetches', 'slowLinks'],
  inject: async (driver) => {
    const { brokerProxy } = driver.services;
    const before = brokerProxy.cutFetches;
    brokerProxy.cutNextFetch();
    driver.expect(await driver.runBatch(), [okay, temporary]);
    brokerProxy.disarm();
    driver.counts.cutFetches += brokerProxy.cutFetches - before;
    await driver.produce();
    driver.counts.brokerResets += await resetSlowed(driver, brokerProxy.network, [5, 80]);
  },
};

/**
 * Connections become half-open: one to the warehouse in the middle of a COPY, others at any time, and one to the broker
 * while records arrive or at any time. Neither side receives anything from the other, and the runs have to end by themselves.
 */
export const freezing: Injector = {
  counts: ['copyFreezes', 'warehouseFreezes', 'brokerFreezes'],
  inject: async (driver) => {
    const { proxy } = driver.environment;
    const { brokerProxy } = driver.services;
    const before = { copies: proxy.frozenCopies, fetches: brokerProxy.frozenFetches };
    proxy.freezeNextCopy();
    const running = [driver.runBatch()];
    await until(() => proxy.frozenCopies > before.copies);
    running.push(driver.runBatch(), driver.runBatch());
    if (driver.random.chance(0.5)) brokerProxy.freezeNextFetch();
    else {
      await until(() => brokerProxy.network.openCount > 0);
      await delay(driver.random.between(0, 100));
      driver.counts.brokerFreezes += brokerProxy.network.freezeAll();
    }
    await until(() => proxy.network.openCount > 0);
    await delay(driver.random.between(0, 400));
    driver.counts.warehouseFreezes += proxy.network.freezeAll();
    for (const ended of await Promise.all(running)) driver.expect(ended, [okay, temporary]);
    proxy.disarm();
    brokerProxy.disarm();
    driver.counts.copyFreezes += proxy.frozenCopies - before.copies;
    driver.counts.brokerFreezes += brokerProxy.frozenFetches - before.fetches;
  },
};

/** Two runs at once over slow connections, which are all reset some time later. @returns how many there were. */
async function resetSlowed(
  driver: Driver,
  network: NetworkProxy,
  delaysMs: readonly [number, number],
): Promise<number> {
  network.delay(driver.random.between(...delaysMs));
  const running = [driver.runBatch(), driver.runBatch()];
  await until(() => network.openCount > 0);
  await delay(driver.random.between(50, 600));
  const count = network.resetAll();
  network.delay(0);
  for (const ended of await Promise.all(running)) driver.expect(ended, [okay, temporary]);
  driver.counts.slowLinks += count;
  return count;
}

const timeoutMs = 5000;

/** Waits until there is something to break, 5 s at most: after that, nothing is hit and nothing is counted. */
async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!condition() && performance.now() < deadline) await delay(5);
}
