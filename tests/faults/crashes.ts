import { setTimeout as delay } from 'node:timers/promises';

import { failpoints } from '../../etl/src/failures/failpoint.ts';
import type { Ended } from './run-program.ts';
import { okay, temporary, type Driver } from './driver.ts';
import type { Injector } from './injector.ts';

const wavesOfKills = 3;

/** Waves of two to four runs at once. Each dies at its own failpoint; some of their batches are tried again. */
export function killing(): Injector {
  let points: string[] = [];
  /** Every failpoint in turn, in an order that the seed gives. */
  const nextPoint = (driver: Driver): string => {
    if (points.length === 0) points = driver.random.shuffled(failpoints);
    return points.pop() ?? 'before-commit';
  };
  const victim = async (driver: Driver, batch: string): Promise<Ended> => {
    if (driver.random.chance(0.25)) return driver.etl(['run', '--batch', batch], {}, driver.random.between(60, 500));
    return driver.etl(['run', '--batch', batch], { ETL_FAILPOINT: nextPoint(driver) });
  };
  return {
    counts: ['kills'],
    inject: async (driver) => {
      const { random } = driver;
      for (let wave = 0; wave < wavesOfKills; wave += 1) {
        const runs = Array.from({ length: random.between(2, 4) }, () => driver.newBatch());
        const sameBatch = random.chance(0.3);
        const [first = ''] = runs;
        const victims = runs.map((batch) => victim(driver, sameBatch ? first : batch));
        if (random.chance(0.3)) victims.push(driver.runBatch());
        await Promise.all(victims);
        if (random.chance(0.3)) driver.expect(await driver.etl(['run', '--batch', first]), [okay, temporary]);
        await driver.produce();
      }
    },
  };
}

/** The answer to a load's COMMIT never arrives; the step is tried again, as Airflow does. */
export const losingCommits: Injector = {
  counts: ['lostAcknowledgements'],
  inject: async (driver) => {
    const { proxy } = driver.environment;
    const before = proxy.lostAcknowledgements;
    const batch = driver.newBatch();
    proxy.loseNextCommit();
    driver.expect(await driver.etl(['run', '--batch', batch]), [okay, temporary]);
    proxy.disarm();
    driver.counts.lostAcknowledgements += proxy.lostAcknowledgements - before;
    driver.expect(await driver.etl(['run', '--batch', batch]), [okay]);
  },
};

export const crashingDatabase: Injector = {
  counts: ['databaseCrashes'],
  inject: async (driver) => {
    const running = [driver.runBatch(), driver.runBatch()];
    await delay(driver.random.between(100, 500));
    await driver.services.postgres.restart({ mode: 'immediate' });
    driver.counts.databaseCrashes += 1;
    for (const ended of await Promise.all(running)) driver.expect(ended, [okay, temporary]);
  },
};

export const crashingBroker: Injector = {
  counts: ['brokerCrashes'],
  inject: async (driver) => {
    const running = driver.runBatch();
    await delay(driver.random.between(50, 400));
    await driver.services.kafkaServer.kill('SIGKILL');
    const withoutBroker = driver.runBatch();
    await driver.services.kafkaServer.restart();
    driver.counts.brokerCrashes += 1;
    for (const ended of await Promise.all([running, withoutBroker])) driver.expect(ended, [okay, temporary]);
  },
};

export const pausingBroker: Injector = {
  counts: ['brokerPauses'],
  inject: async (driver) => {
    await driver.services.kafkaServer.kill('SIGSTOP');
    const running = driver.runBatch();
    await delay(driver.random.between(300, 1500));
    await driver.services.kafkaServer.kill('SIGCONT');
    driver.counts.brokerPauses += 1;
    driver.expect(await running, [okay, temporary]);
  },
};

const smallestDiskKib = 8;
const largestDiskKib = 160;
/** More than any of these disks holds once the steps have written their files. */
const enoughMessages = 400;

/**
 * A staging area that is too small for a batch. The run ends and names the disk; the next run, which has room, goes on.
 * With these sizes it happens in each of the steps.
 */
export const fillingDisk: Injector = {
  counts: ['fullDisks'],
  inject: async (driver) => {
    const { services, environment, random } = driver;
    if (services.smallDisk === undefined) {
      driver.fail(
        'no staging area of limited size can be made here: it needs root, user name spaces or sudo without a password',
      );
      return;
    }
    await driver.produce(enoughMessages);
    const folder = environment.variables['ETL_STAGING_DIR'] ?? '';
    const sizeKib = random.between(smallestDiskKib, largestDiskKib);
    const command = services.smallDisk(services.etl, folder, sizeKib, environment.variables);
    const ended = await driver.etlAs(command, ['run', '--batch', driver.newBatch()]);
    driver.expect(ended, [okay, temporary]);
    if (ended.exitCode !== temporary) return;
    if (ended.stderr.includes(`the disk of the staging area ${folder} is full`)) driver.counts.fullDisks += 1;
    else driver.fail(`a disk of ${sizeKib} KiB was full, and the run does not name it: ${ended.stderr.slice(-800)}`);
  },
};
