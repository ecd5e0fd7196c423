import type { TransformSnapshot } from './transform-snapshot.ts';

/** Looks up which orders are loaded, with their content hashes in hexadecimal. */
export type KnownOrders = (orderIds: readonly string[]) => Promise<ReadonlyMap<string, string>>;

const none: ReadonlyMap<string, string> = new Map();

/**
 * Asks the warehouse only for ids that it can have: none beyond the greatest one. New ids that sort by time, such as
 * UUIDv7, lie beyond it, nearly all of them.
 */
export async function knownOrdersOf(snapshot: TransformSnapshot): Promise<KnownOrders> {
  const greatest = await snapshot.greatestOrderId();
  return async (orderIds) => {
    const possible = orderIds.filter((orderId) => !isBeyond(orderId, greatest));
    return possible.length === 0 ? none : snapshot.knownOrders(possible);
  };
}

/** Whether an id surely sorts after the greatest loaded one in the warehouse's order, which is that of UTF-8 bytes. */
export function isBeyond(orderId: string, greatest: string | null): boolean {
  if (greatest === null) return true;
  // UTF-16 sorts like UTF-8 as far as there are no surrogates: with those, the warehouse is asked.
  return orderId > greatest && !surrogate.test(orderId) && !surrogate.test(greatest);
}

const surrogate = /[\uD800-\uDFFF]/;
