import { once } from 'node:events';
import { createServer, connect, type Socket } from 'node:net';

/** Stands between the etl command and PostgreSQL, and breaks connections as networks do. */
export interface WarehouseProxy extends AsyncDisposable {
  readonly port: number;
  /** How many acknowledgements of a COMMIT it has swallowed. */
  readonly lostAcknowledgements: number;
  /** The next COMMIT that PostgreSQL acknowledges to a session that has copied rows is not told to the client. */
  loseNextCommit(): void;
  /** Resets every connection. @returns how many there were. */
  resetAll(): number;
  /** Delays what the server says by so many milliseconds; 0 for none. */
  delay(delayMs: number): void;
  /** From now on nothing passes on the connections that are open, and none is closed. */
  freezeAll(): number;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  hasCopied: boolean;
  isFrozen: boolean;
}

const commitTag = Buffer.from('COMMIT\0');
const copyWord = Buffer.from('copy "transactions"');

/** Listens on a free port of 127.0.0.1. */
export async function openWarehouseProxy(serverPort: number): Promise<WarehouseProxy> {
  const links = new Set<Link>();
  let isArmed = false;
  let lost = 0;
  let delayMs = 0;
  const listener = createServer((client) => {
    const server = connect({ host: '127.0.0.1', port: serverPort, noDelay: true });
    const link: Link = { client, server, hasCopied: false, isFrozen: false };
    links.add(link);
    client.setNoDelay(true);
    client.on('data', (bytes) => {
      if (link.isFrozen) return;
      if (bytes.includes(copyWord)) link.hasCopied = true;
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (link.isFrozen) return;
      if (isArmed && link.hasCopied && bytes.includes(commitTag)) {
        isArmed = false;
        lost += 1;
        reset(link);
        return;
      }
      if (delayMs === 0) client.write(bytes);
      else setTimeout(() => client.writable && client.write(bytes), delayMs);
    });
    const end = (): void => {
      links.delete(link);
      // A frozen link tells neither side of the other's end.
      if (link.isFrozen) return;
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) socket.on('error', () => undefined).on('close', end);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    port: address.port,
    get lostAcknowledgements() {
      return lost;
    },
    loseNextCommit: () => void (isArmed = true),
    resetAll: () => {
      const count = links.size;
      for (const link of links) reset(link);
      return count;
    },
    delay: (ms) => void (delayMs = ms),
    freezeAll: () => {
      for (const link of links) link.isFrozen = true;
      return links.size;
    },
    [Symbol.asyncDispose]: async () => {
      for (const link of links) {
        link.isFrozen = false;
        reset(link);
      }
      listener.close();
      await once(listener, 'close');
    },
  };
}

function reset({ client, server }: Link): void {
  client.resetAndDestroy();
  server.destroy();
}
