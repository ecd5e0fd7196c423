import { openNetworkProxy, type Fate, type NetworkProxy } from '../support/network-proxy.ts';

/** A proxy between the etl command and PostgreSQL. */
export interface WarehouseProxy extends AsyncDisposable {
  readonly network: NetworkProxy;
  /** How many acknowledgements of a COMMIT it has dropped. */
  readonly lostAcknowledgements: number;
  /** How many connections it has frozen in the middle of a COPY. */
  readonly frozenCopies: number;
  /** Drops the next acknowledgement of a COMMIT in a session that has copied rows. */
  loseNextCommit(): void;
  /** Freezes the next connection while it copies rows: it becomes half-open. */
  freezeNextCopy(): void;
  /** Cancels both. */
  disarm(): void;
}

const commitTag = Buffer.from('COMMIT\0');
const copyWord = Buffer.from('copy "transactions"');

export async function openWarehouseProxy(serverPort: number): Promise<WarehouseProxy> {
  let armed: 'commit' | 'copy' | undefined;
  let lost = 0;
  let frozen = 0;
  const network = await openNetworkProxy({ host: '127.0.0.1', port: serverPort }, () => {
    let hasCopied = false;
    return {
      fromClient: (bytes): Fate => {
        if (hasCopied && armed === 'copy') {
          armed = undefined;
          frozen += 1;
          return 'freeze';
        }
        if (bytes.includes(copyWord)) hasCopied = true;
        return 'pass';
      },
      fromServer: (bytes): Fate => {
        if (armed !== 'commit' || !hasCopied || !bytes.includes(commitTag)) return 'pass';
        armed = undefined;
        lost += 1;
        return 'reset';
      },
    };
  });
  return {
    network,
    get lostAcknowledgements() {
      return lost;
    },
    get frozenCopies() {
      return frozen;
    },
    loseNextCommit: () => void (armed = 'commit'),
    freezeNextCopy: () => void (armed = 'copy'),
    disarm: () => void (armed = undefined),
    [Symbol.asyncDispose]: () => network[Symbol.asyncDispose](),
  };
}
