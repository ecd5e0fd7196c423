import type { Socket } from 'node:net';

/** The state that kafkajs 2.2.4 keeps for a broker connection between two sockets. */
export interface KafkaConnection {
  isConnected(): boolean;
  connect(): Promise<boolean>;
  socket: Socket | undefined;
  /** The bytes received so far, their number, and the number that the next answer needs. */
  chunks: Buffer[];
  bytesBuffered: number;
  bytesNeeded: number;
}

/** An answer begins with its length as a 32-bit number. */
const lengthBytes = 4;

/**
 * Makes kafkajs reset its state on each reconnect. Otherwise it reads the rest of an answer that the last socket cut off as
 * the beginning of the next answer, and throws where nobody can catch it. Also, callers that find a connection closed at the
 * same time each open a socket, and all but the last one leak.
 * @param connectionClass - The export of `kafkajs/src/network/connection.js`, in the same program.
 */
export function reconnectCleanly(connectionClass: { readonly prototype: KafkaConnection }): void {
  const { prototype } = connectionClass;
  // oxlint-disable-next-line typescript/unbound-method -- called on the connection below
  const { connect } = prototype;
  const connecting = new WeakMap<KafkaConnection, Promise<boolean>>();
  prototype.connect = async function connectCleanly(this: KafkaConnection): Promise<boolean> {
    if (this.isConnected()) return true;
    let attempt = connecting.get(this);
    if (attempt === undefined) {
      dropRemains(this);
      attempt = connect.call(this).finally(() => connecting.delete(this));
      connecting.set(this, attempt);
    }
    return attempt;
  };
}

function dropRemains(connection: KafkaConnection): void {
  connection.socket?.destroy();
  connection.chunks = [];
  connection.bytesBuffered = 0;
  connection.bytesNeeded = lengthBytes;
}
