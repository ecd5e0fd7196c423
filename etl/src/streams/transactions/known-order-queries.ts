import type pg from 'pg';

/** Which of these orders are loaded, with their content hashes in hexadecimal. */
export async function knownOrders(client: pg.Client, orderIds: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await client.query<[string, string]>({
    name: 'known_orders',
    text: `select order_id, encode(content_hash, 'hex') from transactions where order_id = any($1)`,
    values: [orderIds],
    rowMode: 'array',
  });
  return new Map(rows);
}

/** The greatest order id that is loaded, byte by byte; null while nothing is. */
export async function greatestOrderId(client: pg.Client): Promise<string | null> {
  const { rows } = await client.query<{ greatest: string | null }>(
    'select max(order_id) as greatest from transactions',
  );
  return rows[0]?.greatest ?? null;
}
