import type { ValidRecord } from '../streams/valid-record.ts';

/** Transactions in the order in which they are taken, and how many customers had records in several partitions. */
interface Ordered {
  readonly transactions: readonly ValidRecord[];
  readonly scatteredCustomerCount: number;
}

/**
 * Puts the transactions of customers who have records in several partitions in the order of their time in Kafka; ties by
 * partition and offset. A record never comes before the one ahead of it in its partition, whatever its clock says: it then has
 * the time of that one. The other customers' come first, as they are.
 * @param transactions - Partition by partition, in the order of their offsets.
 */
export function inOrderOfArrival(transactions: readonly ValidRecord[]): Ordered {
  const scattered = scatteredOf(transactions);
  if (scattered.size === 0) return { transactions, scatteredCustomerCount: 0 };
  const kept: ValidRecord[] = [];
  const moved: ValidRecord[] = [];
  const ahead = new Map<string, ValidRecord>();
  for (const transaction of transactions) {
    const { customerId } = transaction;
    if (!scattered.has(customerId)) {
      kept.push(transaction);
      continue;
    }
    const before = ahead.get(customerId);
    const isBehind = before !== undefined && before.partition === transaction.partition;
    transaction.arrivedMs = Math.max(transaction.recordMs, isBehind ? (before.arrivedMs ?? -Infinity) : -Infinity);
    ahead.set(customerId, transaction);
    moved.push(transaction);
  }
  // Stable: what came in the order of offsets stays so.
  moved.sort((a, b) => (a.arrivedMs ?? 0) - (b.arrivedMs ?? 0) || a.partition - b.partition);
  return { transactions: [...kept, ...moved], scatteredCustomerCount: scattered.size };
}

/** The customers who have transactions of several partitions, by id. */
function scatteredOf(transactions: readonly ValidRecord[]): ReadonlySet<string> {
  const scattered = new Set<string>();
  const partitions = new Map<string, number>();
  for (const { customerId, partition } of transactions) {
    const first = partitions.get(customerId);
    if (first === undefined) partitions.set(customerId, partition);
    else if (first !== partition) scattered.add(customerId);
  }
  return scattered;
}

/** Where and when a record came to Kafka. */
export type Arrival = Pick<ValidRecord, 'partition' | 'offset' | 'recordMs'>;

/**
 * Whether a record came before another one of a different customer: in one partition by offset, else by their time in Kafka,
 * and at one time by partition.
 */
export function cameBefore(a: Arrival, b: Arrival): boolean {
  if (a.partition === b.partition) return a.offset < b.offset;
  return a.recordMs === b.recordMs ? a.partition < b.partition : a.recordMs < b.recordMs;
}
