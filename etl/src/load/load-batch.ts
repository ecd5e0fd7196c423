import type { Batch, RefusedOrders } from '../batch/batch.ts';
import { transformFolder, validateFolder, type TransformFacts } from '../batch/step-folders.ts';
import { errorMessageOf } from '../failures/error-chain.ts';
import { TemporaryError } from '../failures/errors.ts';
import type { Context } from '../program/context.ts';
import type { StagedStep } from '../staging/staging.ts';
import { markSuperseded, timed } from '../warehouse/batch-ledger.ts';
import { RefusedCopyError } from '../warehouse/copy-rows.ts';
import { isLoadedMeanwhile } from '../warehouse/warehouse-errors.ts';
import { changesOf, type StagedBatch } from './batch-changes.ts';
import { claimLoad } from './load-session-queries.ts';
import { loadInOneTransaction, type LoadOutcome } from './load-transaction-queries.ts';

/** Makes a batch's rows again, without the refused orders; undefined where another batch has loaded its records. */
type TransformAgain = (refused: RefusedOrders) => Promise<StagedStep<TransformFacts> | undefined>;

/** How often rows are made again because the warehouse changed between transform and load. */
const transformsMax = 5;

/** Ends the sessions of earlier attempts at this load, before anything waits for their locks. */
export async function beginLoad(context: Context, { batchId, claims }: Batch): Promise<void> {
  const { warehouse, logger, config } = context;
  // Positions are mirrored after the load: Kafka connects while the warehouse works.
  if (claims === null) context.kafka().catch(() => undefined);
  const ended = await claimLoad(warehouse, batchId, config.warehouse.loadTimeoutMs);
  if (ended > 0) logger.warn({ batchId, sessions: ended }, 'ended sessions that earlier tries at a load had left');
}

/**
 * Loads a staged batch, all or nothing. Where the warehouse has changed since its rows were made, or refuses some of them, they are
 * made again first.
 * @throws TemporaryError where the warehouse changes each time.
 */
export async function loadBatch(
  context: Context,
  batch: Batch,
  staged: StagedBatch,
  transformAgain: TransformAgain,
): Promise<void> {
  const { warehouse, logger } = context;
  const { batchId } = batch;
  const refused = new Map<string, string>();
  let { transformed } = staged;
  for (let attempt = 1; attempt <= transformsMax; attempt += 1) {
    const current = { ...staged, transformed };
    const outcome = await timed(warehouse, logger, batch, 'load', async () => loadOnce(context, batch, current));
    if (outcome.kind === 'superseded') await markSuperseded(warehouse.db, batchId);
    if (outcome.kind === 'loaded' || outcome.kind === 'superseded') return;
    if (outcome.kind === 'refused') {
      for (const [orderId, message] of outcome.orders) refused.set(orderId, message);
      logger.warn({ batchId, orders: outcome.orders.size }, 'the database refuses rows: they go to quarantine');
    } else {
      logger.info({ batchId, attempt }, 'the warehouse has changed since the transform: its rows are made again');
    }
    context.staging(batch).discard(transformFolder);
    if (attempt === transformsMax) break;
    const again = await transformAgain(refused);
    if (again === undefined) return;
    transformed = again;
  }
  throw new TemporaryError(`the warehouse changed under batch ${batchId} ${transformsMax} times in a row`);
}

/** 'refused': the database refuses the rows of these orders. Nothing is loaded. */
type Outcome = { readonly kind: LoadOutcome } | { readonly kind: 'refused'; readonly orders: RefusedOrders };

/**
 * One attempt. 'stale' asks for a new transform, also after another batch has loaded one of the orders; 'refused' for one without
 * the orders that the database refuses.
 */
async function loadOnce(context: Context, batch: Batch, staged: StagedBatch): Promise<Outcome> {
  const { warehouse, config, logger } = context;
  const changes = changesOf(context, batch, staged);
  const { lockTimeoutMs, loadTimeoutMs } = config.warehouse;
  try {
    try {
      return { kind: await loadInOneTransaction(warehouse, changes, { lockTimeoutMs, loadTimeoutMs }) };
    } catch (error) {
      if (!(error instanceof RefusedCopyError)) throw error;
      // A damaged file looks the same: it is made again, not put into quarantine.
      if (context.staging(batch).isDamaged([validateFolder, transformFolder])) throw error;
      const { findRefusedOrders } = await import('./refused-order-queries.ts');
      const orders = await findRefusedOrders(warehouse, changes.rows, { lockTimeoutMs, loadTimeoutMs });
      // What was refused once and is accepted now: the next attempt shows.
      return orders.size === 0 ? { kind: 'stale' } : { kind: 'refused', orders };
    }
  } catch (error) {
    if (!isLoadedMeanwhile(error)) throw error;
    logger.warn({ batchId: batch.batchId, cause: errorMessageOf(error) }, 'an order was loaded meanwhile');
    return { kind: 'stale' };
  }
}
