import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

import pg from 'pg';
import { expect, test } from 'vitest';

import { endClient } from './end-client.ts';

/** AuthenticationOk, ReadyForQuery: https://www.postgresql.org/docs/17/protocol-message-formats.html */
const welcome = Buffer.from(
  [...'R'].map(codeOf).concat([0, 0, 0, 8, 0, 0, 0, 0], codeOf('Z'), [0, 0, 0, 5], codeOf('I')),
);

function codeOf(letter: string): number {
  return letter.charCodeAt(0);
}

test('a server that hangs up on the good-bye is no failure', async () => {
  await using server = createServer((socket) => socket.once('data', () => socket.write(welcome)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = new Promise<Socket>((resolve) => void server.once('connection', resolve));
  const { port } = server.address() as AddressInfo;
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'etl', database: 'none', password: 'none' });
  client.on('error', () => undefined);
  await client.connect();
  (await accepted).resetAndDestroy();
  await expect(endClient(client)).resolves.toBeUndefined();
});
