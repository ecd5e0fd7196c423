import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

import pg from 'pg';
import { expect, test } from 'vitest';

import { endClient } from './end-client.ts';

/** AuthenticationOk, ReadyForQuery: https://www.postgresql.org/docs/17/protocol-message-formats.html */
const welcome = Buffer.from('R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I', 'latin1');

test('a server that closes the connection on the disconnect message is no failure', async () => {
  await using server = createServer((socket) => socket.once('data', () => socket.write(welcome)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = new Promise<Socket>((resolve) => void server.once('connection', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const { port } = address;
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'etl', database: 'none', password: 'none' });
  client.on('error', () => undefined);
  await client.connect();
  (await accepted).resetAndDestroy();
  await expect(endClient(client)).resolves.toBeUndefined();
});
