import { Duplex } from 'node:stream';

import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';

import type { Warehouse } from './connection.ts';

/** A warehouse in which every query finds nothing and every change is taken, without a server. */
export async function openEmptyWarehouse(): Promise<Warehouse> {
  // All is named that pg would take from the environment.
  const connection = { host: 'nowhere', database: 'none', user: 'nobody', password: 'none', ssl: false };
  const client = new pg.Client({ ...connection, stream: () => new EmptyServer() });
  await client.connect();
  return { client, db: drizzle(client), lost: undefined, [Symbol.asyncDispose]: () => client.end() };
}

/**
 * The far end of a connection to it. The messages:
 * https://www.postgresql.org/docs/17/protocol-message-formats.html
 */
class EmptyServer extends Duplex {
  #hasBegun = false;

  connect(): this {
    process.nextTick(() => this.emit('connect'));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  override _read(): void {
    // Answers are pushed as soon as there are some.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    if (this.#hasBegun) this.#answer(chunk);
    else this.push(Buffer.concat([message('R', [0, 0, 0, 0]), ready]));
    this.#hasBegun = true;
    done();
  }

  #answer(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; at += 1 + chunk.readInt32BE(at + 1)) {
      const type = String.fromCharCode(chunk[at] ?? 0);
      if (type === 'X') this.push(null);
      else this.push(answers[type] ?? Buffer.alloc(0));
    }
  }
}

function message(type: string, body: readonly number[]): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, Buffer.from(body)]);
}

const ready = message('Z', [...Buffer.from('I')]);
const complete = message('C', [...Buffer.from('SELECT 0\0')]);

/** To the message of a simple query, and to those of an extended one. */
const answers: Readonly<Record<string, Buffer>> = {
  Q: Buffer.concat([complete, ready]),
  P: message('1', []),
  B: message('2', []),
  D: message('T', [0, 0]),
  E: complete,
  S: ready,
};
