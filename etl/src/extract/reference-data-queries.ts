import { transactions, warehouseState } from '@pulse/migrations/schema';
import type { Logger } from '@pulse/runtime';
import { sql } from 'drizzle-orm';

import { requireBaseCurrency, requireLegalTender } from '../pricing/base-currency.ts';
import type { Queryable, Warehouse } from '../warehouse/connection.ts';
import { bumpStateVersion, lockState } from '../warehouse/positions.ts';
import { errorMessageOf } from '../failures/error-chain.ts';

/**
 * Sees to it that the warehouse is fit for one more batch: its base currency is the configured one, and where it was
 * seeded with made-up exchange rates, those reach up to today.
 * @param today - The UTC day as YYYY-MM-DD.
 * @throws ConfigError when transactions are loaded in another base currency, or a new one is no longer legal tender.
 */
export async function prepareReferenceData(
  warehouse: Warehouse,
  baseCurrency: string,
  today: string,
  lockTimeoutMs: number,
  logger: Logger,
): Promise<void> {
  const [state] = await warehouse.db.select().from(warehouseState);
  if (state === undefined) return;
  if (state.baseCurrency !== baseCurrency) await changeBaseCurrency(warehouse, baseCurrency, today, lockTimeoutMs);
  if (state.sampleRatesUntil === null || state.sampleRatesUntil >= today) return;
  try {
    const count = await extendSampleRates(warehouse, state.sampleRatesUntil, today);
    logger.info({ count, today }, 'sample exchange rates extended');
  } catch (error) {
    // The rates at hand last for days yet, and the next batch tries again.
    logger.warn({ cause: errorMessageOf(error) }, 'sample exchange rates could not be extended');
  }
}

async function changeBaseCurrency(
  { db }: Warehouse,
  baseCurrency: string,
  today: string,
  lockTimeoutMs: number,
): Promise<void> {
  await db.transaction(async (tx) => {
    await lockState(tx, lockTimeoutMs);
    const [state] = await tx.select().from(warehouseState);
    const [fact] = await tx.select({ orderId: transactions.orderId }).from(transactions).limit(1);
    if (fact !== undefined) requireBaseCurrency(state?.baseCurrency ?? '', baseCurrency);
    requireLegalTender(baseCurrency, today);
    await tx.update(warehouseState).set({ baseCurrency });
    await bumpStateVersion(tx);
  });
}

/** Long enough for a load that holds the row; a batch that is planned does not wait longer for made-up rates. */
const extendLockTimeout = '10s';

/** Any fixed number: programs that extend the samples do so one after the other. */
const extendLockKey = '7301458219003118';

async function extendSampleRates({ db }: Warehouse, until: string, today: string): Promise<number> {
  const { sampleBase, sampleRates } = await import('@pulse/migrations/sample-rates');
  return db.transaction(async (tx) => {
    await tx.execute(sql`select set_config('lock_timeout', ${extendLockTimeout}, true)`);
    await tx.execute(sql`select pg_advisory_xact_lock(${extendLockKey})`);
    const rows = sampleRates(until, today).filter(({ validFrom }) => validFrom > until);
    const count = await insertSamples(tx, sampleBase, JSON.stringify(rows));
    await tx.update(warehouseState).set({ sampleRatesUntil: today });
    return count;
  });
}

/** Days that have a rate in force, of whatever source, keep it. */
async function insertSamples(db: Queryable, base: string, rows: string): Promise<number> {
  const { rowCount } = await db.execute(sql`
    insert into exchange_rates (base, quote, rate, valid_from, valid_to, source)
    select ${base}, sample.quote, sample.rate, sample."validFrom", sample."validTo", 'sample'
    from jsonb_to_recordset(${rows}::jsonb) as sample (quote text, rate numeric, "validFrom" date, "validTo" date)
    where not exists (
      select
      from exchange_rates known
      where known.base = ${base}
        and known.quote = sample.quote
        and known.superseded_by is null
        and daterange(known.valid_from, known.valid_to) && daterange(sample."validFrom", sample."validTo")
    )`);
  return rowCount ?? 0;
}
