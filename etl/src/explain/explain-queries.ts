import {
  duplicateRecords,
  etlBatches,
  fraudAlerts,
  rejectedTransactions,
  transactionRevisions,
  transactions,
} from '@pulse/migrations/schema';
import { asc, eq } from 'drizzle-orm';

import type { Queryable } from '../warehouse/connection.ts';

/** Everything that the warehouse knows of one order. */
export interface OrderRecords {
  readonly transaction: typeof transactions.$inferSelect | undefined;
  readonly batch: typeof etlBatches.$inferSelect | undefined;
  readonly alert: typeof fraudAlerts.$inferSelect | undefined;
  readonly revisions: readonly (typeof transactionRevisions.$inferSelect)[];
  /** Records with this order id that were rejected, oldest first. */
  readonly rejects: readonly (typeof rejectedTransactions.$inferSelect)[];
  /** Records that repeat the transaction with the same content, oldest first. */
  readonly duplicates: readonly (typeof duplicateRecords.$inferSelect)[];
}

export async function readOrder(db: Queryable, orderId: string): Promise<OrderRecords> {
  const [transaction] = await db.select().from(transactions).where(eq(transactions.orderId, orderId));
  const [alert] = await db.select().from(fraudAlerts).where(eq(fraudAlerts.orderId, orderId));
  const revisions = await db
    .select()
    .from(transactionRevisions)
    .where(eq(transactionRevisions.orderId, orderId))
    .orderBy(asc(transactionRevisions.revision));
  const rejects = await db
    .select()
    .from(rejectedTransactions)
    .where(eq(rejectedTransactions.orderId, orderId))
    .orderBy(asc(rejectedTransactions.rejectedId));
  const [batch] =
    transaction === undefined
      ? []
      : await db.select().from(etlBatches).where(eq(etlBatches.batchId, transaction.batchId));
  const duplicates = await db
    .select()
    .from(duplicateRecords)
    .where(eq(duplicateRecords.orderId, orderId))
    .orderBy(asc(duplicateRecords.foundAt), asc(duplicateRecords.partition), asc(duplicateRecords.offset));
  return { transaction, batch, alert, revisions, rejects, duplicates };
}
