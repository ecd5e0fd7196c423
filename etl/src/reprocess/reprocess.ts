import type { ReprocessDifference } from '@pulse/migrations/schema';
import { v7 } from 'uuid';

import type { Context } from '../program/context.ts';
import { TemporaryError } from '../failures/errors.ts';
import type { PricingRules } from '../pricing/price-transaction.ts';
import { readPricingRules } from '../pricing/read-pricing-rules.ts';
import type { Queryable } from '../warehouse/connection.ts';
import { bumpStateVersion, lockState, readState } from '../warehouse/positions.ts';
import { addChanges, countChanges, createChangeTable, readDifferences } from './change-queries.ts';
import { publishChanges } from './publish-changes-queries.ts';
import { loadedBatches, scanFigures, type Scan } from './scan-figures-queries.ts';
import { reviseFigures } from './revise-figures.ts';
import { readExchangeRates, readTaxRates } from '../rates/rate-queries.ts';

/** Transactions of this span of time are computed again. */
export interface ReprocessWindow {
  readonly from: Date;
  /** Exclusive. */
  readonly until: Date;
}

/** What was changed, or would be. */
export interface ReprocessReport {
  /** Null when nothing differs, and in a dry run. */
  readonly reprocess_id: string | null;
  readonly dry_run: boolean;
  readonly from: string;
  readonly until: string;
  readonly read: number;
  readonly revised: number;
  /** Transactions that keep their figures because a rule or a rate is missing now, by reason. */
  readonly unresolved: Readonly<Record<string, number>>;
  readonly base_currency: string;
  readonly differences: readonly ReprocessDifference[];
}

/** How often all is computed again because another reprocess was applied first. */
const attemptsMax = 3;

/**
 * Computes tax and base amounts of loaded transactions again, by the rates recorded until now, and applies what differs: all at
 * once, under the lock of the state, with roll-ups and profiles corrected. Fraud decisions stay as they are.
 */
export async function reprocess(
  context: Context,
  window: ReprocessWindow,
  isDryRun: boolean,
): Promise<ReprocessReport> {
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const run = await collect(context, window);
    if (isDryRun) return report(run, null, await readDifferences(context.warehouse.db), isDryRun);
    const result = await publish(context, run);
    if (result !== 'stale') return result;
  }
  throw new TemporaryError('figures changed while they were computed again; try once more');
}

/** The state of a run: the rates that it uses, and what it has read. */
interface Run {
  readonly window: ReprocessWindow;
  readonly pricing: PricingRules;
  readonly baseCurrency: string;
  readonly ratesRecordedBy: Date;
  /** Recently loaded batches that the first scan has read. */
  readonly readBatches: ReadonlySet<string>;
  readonly tally: Tally;
}

interface Tally {
  readCount: number;
  readonly unresolved: Map<string, number>;
}

/** The rows of a load carry the time at which its database transaction began. No load takes this long. */
const loadTimeMaxMs = 86_400_000;

/** Reads the whole span in one snapshot, without a lock, and collects the differences in a table of this session. */
async function collect(context: Context, window: ReprocessWindow): Promise<Run> {
  const { warehouse, config } = context;
  await createChangeTable(warehouse.db);
  const ratesRecordedBy = new Date();
  return warehouse.db.transaction(
    async (tx) => {
      const { baseCurrency } = await readState(tx);
      const snapshot = {
        baseCurrency,
        taxRates: async (recordedBy: Date) => readTaxRates(tx, recordedBy),
        exchangeRates: async (base: string, days: { first: string; last: string }, recordedBy: Date) =>
          readExchangeRates(tx, base, days, recordedBy),
      };
      const span = { firstMs: window.from.getTime(), lastMs: window.until.getTime() };
      const pricing = await readPricingRules(snapshot, config.rules, span, ratesRecordedBy);
      const tally: Tally = { readCount: 0, unresolved: new Map() };
      const readBatches = new Set(await loadedBatches(tx, new Date(ratesRecordedBy.getTime() - loadTimeMaxMs)));
      const run = { window, pricing, baseCurrency, ratesRecordedBy, readBatches, tally };
      await scan(context, tx, run, { ...window, batchIds: undefined });
      return run;
    },
    { isolationLevel: 'repeatable read' },
  );
}

async function scan(context: Context, db: Queryable, run: Run, span: Scan): Promise<void> {
  for await (const portion of scanFigures(db, span)) {
    const lines: string[] = [];
    for (const stored of portion) {
      const revision = reviseFigures(stored, run.pricing);
      if (revision.kind === 'changed') lines.push(revision.line);
      if (revision.kind !== 'unresolved') continue;
      run.tally.unresolved.set(revision.reason, (run.tally.unresolved.get(revision.reason) ?? 0) + 1);
    }
    run.tally.readCount += portion.length;
    await addChanges(context.warehouse, lines);
    context.logger.debug({ read: run.tally.readCount }, 'figures computed again');
  }
}

/** Adds what was loaded since the first scan, and applies all changes, in one database transaction that holds the lock. */
async function publish(context: Context, run: Run): Promise<ReprocessReport | 'stale'> {
  const { warehouse, config } = context;
  const { window, tally, ratesRecordedBy } = run;
  return warehouse.db.transaction(async (tx) => {
    await lockState(tx, config.warehouse.lockTimeoutMs);
    const since = new Date(ratesRecordedBy.getTime() - loadTimeMaxMs);
    const batchIds = (await loadedBatches(tx, since)).filter((batchId) => !run.readBatches.has(batchId));
    if (batchIds.length > 0) await scan(context, tx, run, { ...window, batchIds });
    const revisedCount = await countChanges(tx);
    if (revisedCount === 0) return report(run, null, [], false);
    const reprocessId = `reprocess-${v7()}`;
    const differences = await readDifferences(tx);
    const record = {
      reprocessId,
      fromAt: window.from,
      untilAt: window.until,
      ratesRecordedBy,
      readCount: tally.readCount,
      revisedCount,
      unresolvedCount: [...tally.unresolved.values()].reduce((sum, count) => sum + count, 0),
      codeVersion: config.codeVersion,
    };
    const outcome = await publishChanges(tx, record, run.pricing.baseExponent);
    if (outcome === 'stale') return 'stale';
    await bumpStateVersion(tx);
    return report(run, reprocessId, differences, false);
  });
}

function report(
  { window, tally, baseCurrency }: Run,
  reprocessId: string | null,
  differences: readonly ReprocessDifference[],
  isDryRun: boolean,
): ReprocessReport {
  return {
    reprocess_id: reprocessId,
    dry_run: isDryRun,
    from: window.from.toISOString(),
    until: window.until.toISOString(),
    read: tally.readCount,
    revised: differences.reduce((sum, { revisedCount }) => sum + revisedCount, 0),
    unresolved: Object.fromEntries(tally.unresolved),
    base_currency: baseCurrency,
    differences,
  };
}
