import { bigint } from 'drizzle-orm/pg-core';

import { code, moneySum } from './column-types.ts';

/**
 * The dimensions of sales: what transactions are grouped by, beside time, each a column of `transactions` as well; '' where that
 * is null. The roll-ups, their reconciliation and reprocessing and the dashboards' filters are made from this list. A new one
 * goes last, with the default '' for the rows that are there already.
 */
export const dimensionColumns = () => ({
  productCategory: code('product_category').notNull(),
  currency: code('currency').notNull(),
  country: code('country').notNull(),
});

/** What the transactions of one group and time add up to. */
export const sumColumns = () => ({
  transactionCount: bigint('transaction_count', { mode: 'number' }).notNull(),
  flaggedCount: bigint('flagged_count', { mode: 'number' }).notNull(),
  amountSum: moneySum('amount_sum').notNull(),
  taxSum: moneySum('tax_sum').notNull(),
  totalSum: moneySum('total_sum').notNull(),
  amountBaseSum: moneySum('amount_base_sum').notNull(),
  taxBaseSum: moneySum('tax_base_sum').notNull(),
});

/** What a transaction adds to each sum: SQL over a row of `transactions`. */
export const addends: Readonly<Record<keyof ReturnType<typeof sumColumns>, string>> = {
  transactionCount: '1',
  flaggedCount: 'is_fraud_flagged::int',
  amountSum: 'amount',
  taxSum: 'tax_amount',
  totalSum: 'total_amount',
  amountBaseSum: 'amount_base',
  taxBaseSum: 'tax_amount_base',
};

export type SalesDimensionName = keyof ReturnType<typeof dimensionColumns>;

/** The dimensions in their order, by the names that TypeScript has for their columns. */
export const salesDimensionNames = Object.keys(dimensionColumns()).filter(isSalesDimensionName);

function isSalesDimensionName(name: string): name is SalesDimensionName {
  return name in dimensionColumns();
}

/** The dimensions' columns of a table. */
export function dimensionsOf<Column>(table: Readonly<Record<SalesDimensionName, Column>>): Column[] {
  return salesDimensionNames.map((name) => table[name]);
}
