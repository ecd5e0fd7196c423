import { sweepStaging } from '../staging/staging.ts';
import type { Context } from '../program/context.ts';
import {
  removeLedgerDetail,
  removeOldDuplicates,
  removeOldRawBytes,
  removeOldReconciliations,
} from './maintenance-queries.ts';

/** How much went. */
export interface Maintenance {
  readonly staging_folders: number;
  readonly raw_values: number;
  readonly batches: number;
  readonly reconciliations: number;
}

/** Removes what is kept for a time only, as the settings say. Transactions are never removed. */
export async function maintain({ config, warehouse, logger }: Context, now: Date): Promise<Maintenance> {
  const { stagingKeptMs, rawKeptMs, ledgerDetailKeptMs } = config.maintenance;
  const before = (keptMs: number): Date => new Date(now.getTime() - keptMs);
  const done = {
    staging_folders: sweepStaging(config.stagingDir, before(stagingKeptMs)).length,
    raw_values: await removeOldRawBytes(warehouse.db, before(rawKeptMs)),
    batches: await removeLedgerDetail(warehouse.db, before(ledgerDetailKeptMs)),
    reconciliations: await removeOldReconciliations(warehouse.db, before(ledgerDetailKeptMs)),
  };
  const duplicates = await removeOldDuplicates(warehouse.db, before(ledgerDetailKeptMs));
  logger.info({ ...done, duplicates }, 'maintenance done');
  return done;
}
