import { openNetworkProxy, type Fate, type NetworkProxy } from '../support/network-proxy.ts';

/** A proxy between the etl command and the broker. */
export interface BrokerProxy extends AsyncDisposable {
  readonly network: NetworkProxy;
  /** How many answers to fetches it has passed by half before it reset the connection. */
  readonly cutFetches: number;
  /** How many connections it has frozen when records were about to arrive. */
  readonly frozenFetches: number;
  cutNextFetch(): void;
  freezeNextFetch(): void;
  /** Cancels both. */
  disarm(): void;
}

/** https://kafka.apache.org/protocol: a request begins with its length and its API key. */
const requestKindIndex = 4;
const fetchKind = 1;
/** An answer without a record is shorter. */
const fetchedMinBytes = 400;

export async function openBrokerProxy(serverPort: number): Promise<BrokerProxy> {
  let armed: 'cut' | 'freeze' | undefined;
  const counts = { cut: 0, freeze: 0 };
  const network = await openNetworkProxy({ host: '127.0.0.1', port: serverPort }, () => {
    let hasFetched = false;
    return {
      fromClient: (bytes): Fate => {
        if (bytes.length > requestKindIndex + 1 && bytes.readInt16BE(requestKindIndex) === fetchKind) hasFetched = true;
        return 'pass';
      },
      fromServer: (bytes): Fate => {
        if (armed === undefined || !hasFetched || bytes.length < fetchedMinBytes) return 'pass';
        const fate = armed;
        armed = undefined;
        counts[fate] += 1;
        return fate;
      },
    };
  });
  return {
    network,
    get cutFetches() {
      return counts.cut;
    },
    get frozenFetches() {
      return counts.freeze;
    },
    cutNextFetch: () => void (armed = 'cut'),
    freezeNextFetch: () => void (armed = 'freeze'),
    disarm: () => void (armed = undefined),
    [Symbol.asyncDispose]: () => network[Symbol.asyncDispose](),
  };
}
