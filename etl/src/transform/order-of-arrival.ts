import type { ValidRecord } from '../streams/valid-record.ts';
import { TextNumbers } from '../compact/text-numbers.ts';

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
  const customers = new TextNumbers();
  const numbers = transactions.map((t) => customers.numberOf(t.source, t.customerIdAt, t.customerIdEnd));
  const scattered = scatteredOf(transactions, numbers);
  if (scattered.size === 0) return { transactions, scatteredCustomerCount: 0 };
  const kept: ValidRecord[] = [];
  const moved: ValidRecord[] = [];
  const ahead = new Map<number, ValidRecord>();
  transactions.forEach((transaction, index) => {
    const customer = numbers[index] ?? 0;
    if (!scattered.has(customer)) {
      kept.push(transaction);
      return;
    }
    const before = ahead.get(customer);
    const isBehind = before !== undefined && before.partition === transaction.partition;
    transaction.arrivedMs = Math.max(transaction.recordMs, isBehind ? (before.arrivedMs ?? -Infinity) : -Infinity);
    ahead.set(customer, transaction);
    moved.push(transaction);
  });
  // Stable: what came in the order of offsets stays so.
  moved.sort((a, b) => (a.arrivedMs ?? 0) - (b.arrivedMs ?? 0) || a.partition - b.partition);
  return { transactions: [...kept, ...moved], scatteredCustomerCount: scattered.size };
}

/** The numbers of those customers who have transactions of several partitions. */
function scatteredOf(transactions: readonly ValidRecord[], numbers: readonly number[]): ReadonlySet<number> {
  const scattered = new Set<number>();
  const partitions: number[] = [];
  transactions.forEach(({ partition }, index) => {
    const customer = numbers[index] ?? 0;
    const first = (partitions[customer] ??= partition);
    if (first !== partition) scattered.add(customer);
  });
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
