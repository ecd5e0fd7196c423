import type { Socket } from 'node:net';

/** What kafkajs 2.2.4 keeps of a connection to a broker between two sockets. */
export interface KafkaConnection {
  isConnected(): boolean;
  connect(): Promise<boolean>;
  socket: Socket | undefined;
  /** What has come of the answers that are under way, and how much of it, and how much the next answer needs. */
  chunks: Buffer[];
  bytesBuffered: number;
  bytesNeeded: number;
}

/** An answer begins with its length, a 32-bit number. */
const lengthBytes = 4;

/**
 * Makes kafkajs begin anew when it connects anew. By itself it takes what is left of an answer that its last socket cut off
 * for the beginning of the next one's, and throws where nobody can catch it; and whoever finds a connection closed at the
 * same time opens a socket of his own, of which all but the last are forgotten.
 * @param connectionClass - What `kafkajs/src/network/connection.js` exports, in the same program.
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
