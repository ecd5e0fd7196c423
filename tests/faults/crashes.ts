import { setTimeout as delay } from 'node:timers/promises';

import { failpoints } from '../../etl/src/failpoint.ts';
import type { Ended } from './command.ts';
import { okay, temporary, type Hand } from './hand.ts';
import type { Injector } from './injector.ts';

const wavesOfKills = 3;

/** Waves of two to four runs at once, each dying at a place of its own; some of their batches are tried again. */
export function killing(): Injector {
  let points: string[] = [];
  /** Every place in turn, in an order of the seed's. */
  const nextPoint = (hand: Hand): string => {
    if (points.length === 0) points = hand.random.shuffled(failpoints);
    return points.pop() ?? 'before-commit';
  };
  const victim = async (hand: Hand, batch: string): Promise<Ended> => {
    if (hand.random.chance(0.25)) return hand.etl(['run', '--batch', batch], {}, hand.random.between(60, 500));
    return hand.etl(['run', '--batch', batch], { ETL_FAILPOINT: nextPoint(hand) });
  };
  return {
    counts: ['kills'],
    inject: async (hand) => {
      const { random } = hand;
      for (let wave = 0; wave < wavesOfKills; wave += 1) {
        const runs = Array.from({ length: random.between(2, 4) }, () => hand.newBatch());
        const sameBatch = random.chance(0.3);
        const [first = ''] = runs;
        const victims = runs.map((batch) => victim(hand, sameBatch ? first : batch));
        if (random.chance(0.3)) victims.push(hand.runBatch());
        await Promise.all(victims);
        if (random.chance(0.3)) hand.expect(await hand.etl(['run', '--batch', first]), [okay, temporary]);
        await hand.produce();
      }
    },
  };
}

/** The answer to a load's COMMIT never arrives; the step is tried again, as Airflow does it. */
export const losingCommits: Injector = {
  counts: ['lostAcknowledgements'],
  inject: async (hand) => {
    const { proxy } = hand.field;
    const before = proxy.lostAcknowledgements;
    const batch = hand.newBatch();
    proxy.loseNextCommit();
    hand.expect(await hand.etl(['run', '--batch', batch]), [okay, temporary]);
    proxy.disarm();
    hand.counts.lostAcknowledgements += proxy.lostAcknowledgements - before;
    hand.expect(await hand.etl(['run', '--batch', batch]), [okay]);
  },
};

export const crashingDatabase: Injector = {
  counts: ['databaseCrashes'],
  inject: async (hand) => {
    const running = [hand.runBatch(), hand.runBatch()];
    await delay(hand.random.between(100, 500));
    await hand.stand.postgres.restart({ mode: 'immediate' });
    hand.counts.databaseCrashes += 1;
    for (const ended of await Promise.all(running)) hand.expect(ended, [okay, temporary]);
  },
};

export const crashingBroker: Injector = {
  counts: ['brokerCrashes'],
  inject: async (hand) => {
    const running = hand.runBatch();
    await delay(hand.random.between(50, 400));
    await hand.stand.kafkaServer.kill('SIGKILL');
    const blind = hand.runBatch();
    await hand.stand.kafkaServer.restart();
    hand.counts.brokerCrashes += 1;
    for (const ended of await Promise.all([running, blind])) hand.expect(ended, [okay, temporary]);
  },
};

export const pausingBroker: Injector = {
  counts: ['brokerPauses'],
  inject: async (hand) => {
    await hand.stand.kafkaServer.kill('SIGSTOP');
    const running = hand.runBatch();
    await delay(hand.random.between(300, 1500));
    await hand.stand.kafkaServer.kill('SIGCONT');
    hand.counts.brokerPauses += 1;
    hand.expect(await running, [okay, temporary]);
  },
};

const smallestDiskKib = 8;
const largestDiskKib = 160;
/** More than any of these disks holds, with what the steps make of it. */
const enoughMessages = 400;

/**
 * A staging area that is too small for a batch: it gives up with the disk's name, and the next one, which has room, goes on.
 * The sizes let it happen in each of the steps.
 */
export const fillingDisk: Injector = {
  counts: ['fullDisks'],
  inject: async (hand) => {
    const { stand, field, random } = hand;
    if (stand.smallDisk === undefined) {
      hand.fail(
        'no staging area of limited size can be made here: it takes root, user name spaces or sudo without a password',
      );
      return;
    }
    await hand.produce(enoughMessages);
    const folder = field.env['ETL_STAGING_DIR'] ?? '';
    const sizeKib = random.between(smallestDiskKib, largestDiskKib);
    const command = stand.smallDisk(stand.etl, folder, sizeKib, field.env);
    const ended = await hand.etlAs(command, ['run', '--batch', hand.newBatch()]);
    hand.expect(ended, [okay, temporary]);
    if (ended.exitCode !== temporary) return;
    if (ended.stderr.includes(`the disk of the staging area ${folder} is full`)) hand.counts.fullDisks += 1;
    else hand.fail(`a disk of ${sizeKib} KiB was full, and the run does not name it: ${ended.stderr.slice(-800)}`);
  },
};
