import { randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { someTransactions } from '../../support/messages.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';
import { summariesOf } from '../../support/programs.ts';

const temporary = 75;
const steps = ['extract', 'validate', 'transform'] as const;

const ways = {
  gone: (file: string) => rm(file),
  'cut short': async (file: string) => truncate(file, Math.max(0, (await readFile(file)).length - 7)),
  'overwritten in the middle': async (file: string) => {
    const bytes = await readFile(file);
    const middle = Math.floor(bytes.length / 2);
    await writeFile(file, Buffer.concat([bytes.subarray(0, middle), Buffer.from('{{{{'), bytes.subarray(middle + 4)]));
  },
} as const;

test.each([
  ['gone', ways.gone],
  ['cut short', ways['cut short']],
  ['overwritten in the middle', ways['overwritten in the middle']],
])('a staged file that is %s is made again, at the latest by a retry', async (how, spoil) => {
  await using pipeline = await openPipeline({ partitions: 1 });
  let loaded = 0;
  for (const step of steps) {
    const names = await stagedNames(pipeline, step);
    loaded += saleCount;
    for (const [index, name] of names.entries()) {
      const batch = `${step}-${index}`;
      await pipeline.publish([...someTransactions(saleCount, withFraud), { value: 'rejected' }]);
      await pipeline.batch([step, '--batch', batch]);
      await spoil(join(pipeline.stagingDir, `batch-${batch}`, step, name));
      const first = await pipeline.etl(['load', '--batch', batch]);
      expect({ how, name, ...first }).toMatchObject({ exitCode: expect.toBeOneOf([0, temporary]) });
      const last = first.exitCode === 0 ? summariesOf(first)[0] : await pipeline.batch(['load', '--batch', batch]);
      expect(last).toMatchObject({ loaded: saleCount, rejected: 1, flagged: 1 });
      loaded += saleCount;
    }
  }
  expect(await pipeline.query('select count(*)::int from transactions')).toEqual([{ count: loaded }]);
});

test('a deleted staging folder is made again at once', async () => {
  await using pipeline = await openPipeline();
  await pipeline.publish(someTransactions(30));
  await pipeline.batch(['transform', '--batch', 'b']);
  await rm(join(pipeline.stagingDir, 'batch-b'), { recursive: true });
  expect(await pipeline.batch(['load', '--batch', 'b'])).toMatchObject({ loaded: 30 });
});

test('the next batch removes staged files that nobody has touched for ETL_STAGING_KEPT_HOURS, and no younger ones', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const leftBehind = join(pipeline.stagingDir, 'batch-left-behind');
  await mkdir(leftBehind);
  const threeHoursAgo = new Date(Date.now() - 3 * 3_600_000);
  await utimes(leftBehind, threeHoursAgo, threeHoursAgo);
  await pipeline.batch(['run'], { ETL_STAGING_KEPT_HOURS: '4' });
  expect(await readdir(pipeline.stagingDir)).toEqual(['batch-left-behind']);
  await pipeline.batch(['run'], { ETL_STAGING_KEPT_HOURS: '2' });
  expect(await readdir(pipeline.stagingDir)).toEqual([]);
});

const saleCount = 20;

/** One sale of some is flagged, so that the file of alerts is not empty; each has a customer of its own. */
function withFraud(index: number): { amount: string; customer_id: string } {
  return { amount: index === 0 ? '1500.00' : '15.00', customer_id: randomUUID() };
}

/** Names of the files that a step leaves; loads the batch that tells. */
async function stagedNames(pipeline: Pipeline, step: string): Promise<readonly string[]> {
  const batch = `names-of-${step}`;
  await pipeline.publish(someTransactions(saleCount));
  await pipeline.batch([step, '--batch', batch]);
  const names = await readdir(join(pipeline.stagingDir, `batch-${batch}`, step));
  await pipeline.batch(['load', '--batch', batch]);
  return names;
}
