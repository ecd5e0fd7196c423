import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { folderFailure } from './folder-failure.ts';
import { StepError } from './progress.ts';

const errorOf = async (folder: string): Promise<unknown> =>
  mkdir(folder, { recursive: true }).catch((error: unknown) => error);

test.each([join(import.meta.filename, 'data'), '/sys/pulse-data'])(
  'a folder without write permission is named, with what to do: %s',
  async (folder) => {
    expect(folderFailure(new StepError('Start-up', await errorOf(folder)))).toEqual({
      exitCode: 64,
      message: expect.stringMatching(
        new RegExp(
          `^A folder of the stack can not be written to: E.*'${folder}'\ngive this account write permission, or set LOCAL_DIR`,
        ),
      ),
    });
  },
);

test('a full disk is a temporary failure, whether Node or a program reports it', () => {
  const own = Object.assign(new Error('write'), { code: 'ENOSPC' });
  const ofPostgres = new Error(
    'postgres keeps ending. The end of x.log:\nFATAL: could not write: No space left on device',
  );
  for (const error of [own, new StepError('PostgreSQL', ofPostgres)]) {
    expect(folderFailure(error)).toMatchObject({
      exitCode: 75,
      message: expect.stringContaining('The disk of the stack is full'),
    });
  }
});

test('other errors are not failures of a folder', () => {
  expect(folderFailure(new StepError('Kafka broker', new Error('kafka is not healthy after 120 s')))).toBeUndefined();
  expect(folderFailure(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))).toBeUndefined();
});
