import type { ValidRecord } from '../streams/valid-record.ts';
import type { TransformSnapshot } from './transform-snapshot-queries.ts';

/** Looks up which transactions' orders are loaded, with their content hashes in hexadecimal. */
export type KnownOrders = (transactions: readonly ValidRecord[]) => Promise<ReadonlyMap<string, string>>;

const none: ReadonlyMap<string, string> = new Map();

/**
 * Asks the warehouse only for ids that it can have: none beyond the greatest one. New ids that sort by time, such as
 * UUIDv7, lie beyond it, nearly all of them.
 */
export async function knownOrdersOf(snapshot: TransformSnapshot): Promise<KnownOrders> {
  const greatest = await snapshot.greatestOrderId();
  if (greatest === null) return async () => none;
  const greatestBytes = Buffer.from(greatest);
  return async (transactions) => {
    const possible = transactions.filter((transaction) => !isBeyond(transaction, greatestBytes));
    return possible.length === 0 ? none : snapshot.knownOrders(possible.map(({ id }) => id));
  };
}

/** Whether an id sorts after the greatest loaded one in the warehouse's order, which is that of UTF-8 bytes. */
export function isBeyond(
  { source, idAt, idEnd }: Pick<ValidRecord, 'source' | 'idAt' | 'idEnd'>,
  greatest: Buffer,
): boolean {
  return source.compare(greatest, 0, greatest.length, idAt, idEnd) > 0;
}
