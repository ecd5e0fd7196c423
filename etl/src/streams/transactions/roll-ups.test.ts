import { currencyExponent, formatMinor } from '@pulse/contract';
import { salesDimensionNames } from '@pulse/migrations/schema';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { chunkOf } from '../../batch/chunks.ts';
import { MarketNumbers, parseMarket, type Market } from './market-numbers.ts';
import type { PricedTransaction } from '../../pricing/price-transaction.ts';
import { Customers } from '../../fraud/customers.ts';
import { profileRow } from './profile-row.ts';
import type { CountedSale } from './minute-sales.ts';
import { RollUps } from './roll-ups.ts';

interface Sale {
  readonly transaction: CountedSale & Market & { readonly customerId: string };
  readonly priced: PricedTransaction;
  readonly isFlagged: boolean;
}

const startMs = Date.parse('2026-11-21T23:58:00Z');
const startDay = Math.floor(startMs / 86_400_000);
const markets = new MarketNumbers();
const keyLength = 1 + salesDimensionNames.length;
const noMarket = parseMarket(salesDimensionNames.map(() => '').join('\t'));

/** Few minutes, customers and currencies, so that many sales fall together; amounts beyond what a double holds. */
const sales: fc.Arbitrary<Sale> = fc
  .record({
    timestampMs: fc.nat(5 * 60_000).map((ms) => startMs + ms),
    customerId: fc.constantFrom('a', 'b', 'b\u00e9'),
    productCategory: fc.constantFrom('toys', 'books'),
    currency: fc.constantFrom('USD', 'JPY', 'KWD'),
    country: fc.constantFrom('', 'US', 'JP'),
    amountMinor: fc.bigInt({ min: 1n, max: 10n ** 17n }),
    taxMinor: fc.bigInt({ min: 0n, max: 10n ** 16n }),
    amountBaseMinor: fc.bigInt({ min: 0n, max: 10n ** 17n - 1n }),
    taxBaseMinor: fc.bigInt({ min: 0n, max: 10n ** 16n }),
    isFlagged: fc.boolean(),
    localDay: fc.integer({ min: startDay, max: startDay + 1 }),
  })
  .map(({ taxMinor, amountBaseMinor, taxBaseMinor, isFlagged, ...fields }) => ({
    isFlagged,
    transaction: { marketNumber: markets.numberOf({ ...noMarket, ...fields }), ...noMarket, ...fields },
    priced: {
      kind: 'priced',
      exponent: currencyExponent(fields.currency) ?? 2,
      taxMinor,
      totalMinor: fields.amountMinor + taxMinor,
      amountBaseMinor,
      taxBaseMinor,
      taxRate: { rate: fields.localDay === startDay ? '0.1' : '0.2', jurisdiction: 'US' },
      exchangeRate: { rate: '1', crossRate: undefined, date: '2026-11-21' },
    },
  }));

test('sums of minutes, days and profiles are those of a naive recomputation, chunk by chunk', () => {
  fc.assert(
    fc.property(fc.array(sales, { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), (all, chunkCount) => {
      const customers = new Customers();
      const rollUps = new RollUps(2, markets.lines().map(parseMarket));
      const dayRows: unknown[][] = [];
      const profileRows: unknown[][] = [];
      for (let chunk = 0; chunk < chunkCount; chunk += 1) {
        for (const { transaction, priced, isFlagged } of all) {
          if (chunkOf(transaction.customerId, chunkCount) !== chunk) continue;
          rollUps.add(transaction, transaction.customerId, priced, isFlagged);
          customers.get(transaction.customerId).add(asFraudSale(transaction, priced));
        }
        dayRows.push(...rollUps.customerDayRows());
        profileRows.push(...Array.from(customers.changedProfiles(), (profile) => profileRow(profile, 2).slice(0, -1)));
        rollUps.clearCustomerDays();
        customers.clear();
      }
      const minutes = Array.from(rollUps.minuteRows());
      expect(asSet(minutes.map((row) => row.slice(0, -1)))).toEqual(asSet(naiveMinutes(all)));
      // Of the rows of a minute and market all but one say that they split it.
      const whole = minutes.filter((row) => row.at(-1) === false).map((row) => JSON.stringify(row.slice(0, keyLength)));
      expect(whole.toSorted()).toEqual(
        [...new Set(minutes.map((row) => JSON.stringify(row.slice(0, keyLength))))].toSorted(),
      );
      expect(asSet(dayRows)).toEqual(asSet(naiveDays(all)));
      expect(asSet(profileRows)).toEqual(asSet(naiveProfiles(all)));
    }),
  );
});

function asFraudSale(transaction: Sale['transaction'], { amountBaseMinor }: PricedTransaction) {
  const { timestampMs, amountMinor, currency, country } = transaction;
  return {
    timeMs: timestampMs,
    amount: Number(amountMinor),
    currency,
    amountBaseMinor,
    amountBase: Number(amountBaseMinor),
    country,
  };
}

function naiveMinutes(all: readonly Sale[]) {
  const marketOf = ({ transaction }: Sale): string[] => salesDimensionNames.map((name) => transaction[name]);
  const minuteOf = ({ transaction: t }: Sale): string => `${new Date(t.timestampMs).toISOString().slice(0, 17)}00.000Z`;
  const groups = grouped(all, (sale) => {
    return JSON.stringify([minuteOf(sale), ...marketOf(sale), sale.transaction.localDay]);
  });
  return groups.map(([first, group]) => {
    const exponent = currencyExponent(first.transaction.currency) ?? 2;
    return [
      minuteOf(first),
      ...marketOf(first),
      group.length,
      flagged(group),
      formatMinor(
        sum(group, ({ transaction }) => transaction.amountMinor),
        exponent,
      ),
      formatMinor(
        sum(group, ({ priced }) => priced.taxMinor),
        exponent,
      ),
      formatMinor(
        sum(group, ({ priced }) => priced.totalMinor),
        exponent,
      ),
      formatMinor(
        sum(group, ({ priced }) => priced.amountBaseMinor),
        2,
      ),
      formatMinor(
        sum(group, ({ priced }) => priced.taxBaseMinor),
        2,
      ),
      new Date(first.transaction.localDay * 86_400_000).toISOString().slice(0, 10),
      first.priced.taxRate.rate,
    ];
  });
}

function naiveDays(all: readonly Sale[]) {
  const dayOf = ({ transaction }: Sale): string => new Date(transaction.timestampMs).toISOString().slice(0, 10);
  const groups = grouped(all, (sale) => JSON.stringify([dayOf(sale), sale.transaction.customerId]));
  return groups.map(([first, group]) => [
    dayOf(first),
    first.transaction.customerId,
    group.length,
    flagged(group),
    formatMinor(
      sum(group, ({ priced }) => priced.amountBaseMinor),
      2,
    ),
    new Date(Math.max(...times(group))).toISOString(),
  ]);
}

function naiveProfiles(all: readonly Sale[]) {
  return grouped(all, ({ transaction }) => transaction.customerId).map(([first, group]) => {
    const lastMs = Math.max(...times(group));
    // Of sales at the same moment the later one in the batch counts.
    const last = group.findLast(({ transaction }) => transaction.timestampMs === lastMs) ?? first;
    const squares = sum(group, ({ priced }) => priced.amountBaseMinor ** 2n);
    return [
      first.transaction.customerId,
      group.length,
      formatMinor(
        sum(group, ({ priced }) => priced.amountBaseMinor),
        2,
      ),
      formatMinor(squares, 4),
      new Date(Math.min(...times(group))).toISOString(),
      new Date(lastMs).toISOString(),
      last.transaction.country === '' ? null : last.transaction.country,
      last.transaction.currency,
    ];
  });
}

/** Sales with the same key, and the first of each. */
function grouped(all: readonly Sale[], keyOf: (sale: Sale) => string): (readonly [Sale, readonly Sale[]])[] {
  const groups = Object.values(Object.groupBy(all, keyOf));
  return groups.flatMap((group = []) => (group[0] === undefined ? [] : [[group[0], group] as const]));
}

function sum(group: readonly Sale[], of: (sale: Sale) => bigint): bigint {
  return group.reduce((total, sale) => total + of(sale), 0n);
}

function flagged(group: readonly Sale[]): number {
  return group.filter(({ isFlagged }) => isFlagged).length;
}

function times(group: readonly Sale[]): number[] {
  return group.map(({ transaction }) => transaction.timestampMs);
}

/** Rows in any order; a row that comes twice would be lost, so their number counts too. */
function asSet(rows: Iterable<readonly unknown[]>): { readonly size: number; readonly rows: ReadonlySet<string> } {
  const all = Array.from(rows, (row) => JSON.stringify(row));
  return { size: all.length, rows: new Set(all) };
}
