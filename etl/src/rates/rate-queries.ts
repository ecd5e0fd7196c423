import { currencyCodes } from '@pulse/contract';
import { taxRates } from '@pulse/migrations/schema';
import { and, asc, eq, getTableColumns, isNull, lte, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';

import { crossingCurrencies, type ExchangeRate } from '../pricing/exchange.ts';
import type { TaxRate } from '../pricing/tax.ts';
import type { Queryable } from '../warehouse/connection.ts';

/** The tax rules that were in force then: recorded by that time, and not superseded by one recorded by that time. */
export async function readTaxRates(db: Queryable, recordedBy: Date): Promise<TaxRate[]> {
  const later = alias(taxRates, 'later');
  return db
    .select(getTableColumns(taxRates))
    .from(taxRates)
    .leftJoin(later, and(eq(later.taxRateId, taxRates.supersededBy), lte(later.recordedAt, recordedBy)))
    .where(and(lte(taxRates.recordedAt, recordedBy), isNull(later.taxRateId)))
    .orderBy(asc(taxRates.taxRateId));
}

/**
 * Exchange rates that may count on a day from `first` to `last` (YYYY-MM-DD): those published on one of these days or
 * still valid on one, and of each pair the last one before, so that a stale rate differs from a missing one. Of a rate and
 * its corrections the newest one recorded by then.
 */
export async function readExchangeRates(
  db: Queryable,
  baseCurrency: string,
  days: { readonly first: string; readonly last: string },
  recordedBy: Date,
): Promise<ExchangeRate[]> {
  const bases = sqlArray([baseCurrency, ...crossingCurrencies]);
  const isKnown = sql`known.recorded_at <= ${recordedBy.toISOString()} and not exists (
    select from exchange_rates later
    where later.exchange_rate_id = known.superseded_by and later.recorded_at <= ${recordedBy.toISOString()})`;
  const { rows } = await db.execute<ExchangeRate & Record<string, unknown>>(sql`
    select base, quote, rate::text, valid_from::text as "validFrom", valid_to::text as "validTo",
      source = 'sample' as "isSample"
    from (
      select base, quote, rate, valid_from, valid_to, source
      from exchange_rates known
      where (base = any(${bases}) or quote = ${baseCurrency})
        and valid_from <= ${days.last}::date and valid_to > ${days.first}::date
        and ${isKnown}
      union all
      select last.base, last.quote, last.rate, last.valid_from, last.valid_to, last.source
      from (
        select base, quote from unnest(${bases}) as base, unnest(${sqlArray(currencyCodes)}) as quote
        union
        select base, ${baseCurrency} from unnest(${sqlArray(currencyCodes)}) as base
      ) pair
      cross join lateral (
        select base, quote, rate, valid_from, valid_to, source
        from exchange_rates known
        where known.base = pair.base and known.quote = pair.quote
          and known.valid_from <= ${days.first}::date and known.valid_to <= ${days.first}::date
          and ${isKnown}
        order by valid_from desc
        limit 1
      ) last
    ) rates`);
  return rows;
}

/** Codes as an array of text in SQL, whose order is that of bytes. */
function sqlArray(codes: readonly string[]): SQL {
  return sql`(${`{${codes.join(',')}}`}::text[] collate "C")`;
}
