import { access } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { startPostgres, withClient } from './server.ts';

test('a new PostgreSQL 17 has the requested database and the extension btree_gist', async () => {
  await using postgres = await startPostgres({ database: 'warehouse' });

  const found = await withClient(postgres.url(), (client) =>
    client.query<{ name: string; version: number }>(
      `select current_database() as name, current_setting('server_version_num')::int / 10000 as version
       from pg_available_extensions where name = 'btree_gist'`,
    ),
  );

  expect(found.rows).toEqual([{ name: 'warehouse', version: 17 }]);
});

test.each(['SIGKILL', 'SIGQUIT'] as const)('committed rows survive %s and a restart', async (signal) => {
  await using postgres = await startPostgres();
  await withClient(postgres.url(), (client) => client.query('create table kept as select 42 as answer'));
  const before = postgres.pid;

  await postgres.kill(signal);
  await postgres.restart();

  const rows = await withClient(postgres.url(), (client) => client.query('select answer from kept'));
  expect(rows.rows).toEqual([{ answer: 42 }]);
  expect(postgres.pid).not.toBe(before);
});

test('settings reach the server', async () => {
  await using postgres = await startPostgres({ settings: { max_connections: '17' } });

  const shown = await withClient(postgres.url(), (client) => client.query('show max_connections'));

  expect(shown.rows).toEqual([{ max_connections: '17' }]);
});

test('a stopped temporary server leaves no folder', async () => {
  const postgres = await startPostgres();

  await postgres.stop({ mode: 'immediate' });

  await expect(access(postgres.folder)).rejects.toThrow('ENOENT');
});

test('a server that can not start shows the end of its log', async () => {
  await using first = await startPostgres();

  await expect(startPostgres({ port: first.port })).rejects.toThrow(/ended while it started[^]*Address already in use/);
});
