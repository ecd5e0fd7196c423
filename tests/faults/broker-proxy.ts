import { openNetworkProxy, type Fate, type NetworkProxy } from '../support/network-proxy.ts';

/** Stands between the etl command and the broker. */
export interface BrokerProxy extends AsyncDisposable {
  readonly network: NetworkProxy;
  /** How many answers to fetches it has let pass by half, the connection being reset within. */
  readonly cutFetches: number;
  /** How many connections it has frozen when records were to come. */
  readonly frozenFetches: number;
  cutNextFetch(): void;
  freezeNextFetch(): void;
  /** Neither of the two any more. */
  disarm(): void;
}

/** https://kafka.apache.org/protocol: a request begins with its length and the number of what it asks for. */
const requestKindAt = 4;
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
        if (bytes.length > requestKindAt + 1 && bytes.readInt16BE(requestKindAt) === fetchKind) hasFetched = true;
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
