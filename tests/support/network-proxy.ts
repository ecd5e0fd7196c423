import { once } from 'node:events';
import { createServer, connect, type Socket } from 'node:net';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Stands between a program and a server on 127.0.0.1, and breaks connections as networks do. */
export interface NetworkProxy extends AsyncDisposable {
  readonly port: number;
  /** How many connections are open and not frozen. */
  readonly openCount: number;
  /** Resets every connection. @returns how many there were. */
  resetAll(): number;
  /** Delays what the server says by so many milliseconds; 0 for none. */
  delay(delayMs: number): void;
  /**
   * From now on nothing passes on the connections that are open, and none is closed: they are half-open. New ones are well.
   * @returns how many there were.
   */
  freezeAll(): number;
  /** Freezes new connections too, as if the server's machine were gone, until `thaw`. */
  freezeNew(): void;
  thaw(): void;
}

/**
 * What becomes of some bytes and their connection: they pass; nothing passes any more and nobody is told; they are lost and
 * the connection is reset; or half of them pass before it is.
 */
export type Fate = 'pass' | 'freeze' | 'reset' | 'cut';

/** Sees what passes on one connection, and decides about it. */
export interface LinkWatch {
  readonly fromClient?: (bytes: Buffer) => Fate;
  readonly fromServer?: (bytes: Buffer) => Fate;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  isFrozen: boolean;
}

/** Listens on a free port of 127.0.0.1. `watch` is called for each connection. */
export async function openNetworkProxy(target: Address, watch: () => LinkWatch = () => ({})): Promise<NetworkProxy> {
  const links = new Set<Link>();
  let delayMs = 0;
  let freezesNew = false;
  const listener = createServer((client) => {
    const server = connect({ ...target, noDelay: true });
    const link: Link = { client, server, isFrozen: false };
    const { fromClient, fromServer } = watch();
    links.add(link);
    client.setNoDelay(true);
    const carry = (bytes: Buffer, to: Socket, fate: Fate, waitMs: number): void => {
      if (fate === 'freeze') freeze(link);
      else if (fate === 'reset') reset(link);
      else if (fate === 'cut') to.write(bytes.subarray(0, bytes.length >> 1), () => reset(link));
      else if (waitMs === 0) to.write(bytes);
      else setTimeout(() => to.writable && !link.isFrozen && to.write(bytes), waitMs);
    };
    client.on('data', (bytes) => carry(bytes, server, fromClient?.(bytes) ?? 'pass', 0));
    server.on('data', (bytes) => carry(bytes, client, fromServer?.(bytes) ?? 'pass', delayMs));
    if (freezesNew) freeze(link);
    const end = (): void => {
      // A frozen link tells neither side of the other's end, and lasts until both are closed.
      if (link.isFrozen && !(client.destroyed && server.destroyed)) return;
      links.delete(link);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) socket.on('error', () => undefined).on('close', end);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const open = (): readonly Link[] => [...links].filter(({ isFrozen }) => !isFrozen);
  return {
    port: address.port,
    get openCount() {
      return open().length;
    },
    resetAll: () => {
      const hit = open();
      for (const link of hit) reset(link);
      return hit.length;
    },
    delay: (ms) => void (delayMs = ms),
    freezeAll: () => {
      const hit = open();
      for (const link of hit) freeze(link);
      return hit.length;
    },
    freezeNew: () => void (freezesNew = true),
    thaw: () => void (freezesNew = false),
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

/** Neither side is read any more: what they send stays where it is. */
function freeze(link: Link): void {
  link.isFrozen = true;
  link.client.pause();
  link.server.pause();
}

function reset({ client, server }: Link): void {
  client.resetAndDestroy();
  server.destroy();
}
