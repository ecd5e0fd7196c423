import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

import { reconnectCleanly } from '@pulse/runtime';
import loggers from 'kafkajs/src/loggers/index.js';
import Connection from 'kafkajs/src/network/connection.js';
import Encoder from 'kafkajs/src/protocol/encoder.js';
import { expect, test } from 'vitest';

reconnectCleanly(Connection);

const answer = Buffer.from('the whole answer');

/** A broker of one kind of request, whose first connection it closes in the middle of its first answer. */
async function startCuttingBroker(): Promise<{
  readonly server: Server;
  readonly port: number;
  readonly connections: () => number;
}> {
  let connections = 0;
  const server = createServer((socket: Socket) => {
    connections += 1;
    const isFirst = connections === 1;
    socket.on('data', (request) => {
      const correlationId = request.readInt32BE(8);
      const frame = Buffer.alloc(8 + answer.length);
      frame.writeInt32BE(4 + answer.length, 0);
      frame.writeInt32BE(correlationId, 4);
      answer.copy(frame, 8);
      if (isFirst) socket.end(frame.subarray(0, 10));
      else socket.write(frame);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the broker has no port');
  return { server, port: address.port, connections: () => connections };
}

const call = {
  request: { apiKey: 18, apiName: 'ApiVersions', apiVersion: 0, encode: async () => new Encoder() },
  response: { decode: async (data: Buffer) => data, parse: async (data: Buffer) => data },
};

test('after an answer that was cut off the next connection reads from the beginning, and there is one', async () => {
  const { server, port, connections } = await startCuttingBroker();
  const connection = new Connection({
    host: '127.0.0.1',
    port,
    logger: loggers.createLogger({ level: 0, logCreator: () => () => undefined }),
    socketFactory: ({ onConnect }: { onConnect: () => void }) => connect(port, '127.0.0.1', onConnect),
    requestTimeout: 2000,
    connectionTimeout: 2000,
  });
  try {
    await connection.connect();
    await expect(connection.send(call)).rejects.toThrow('Closed connection');
    await Promise.all([connection.connect(), connection.connect()]);
    expect(await connection.send(call)).toEqual(answer);
    expect(connections()).toBe(2);
  } finally {
    await connection.disconnect();
    server.close();
  }
});
