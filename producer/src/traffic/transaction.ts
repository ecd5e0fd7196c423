import { formatMinor, type TransactionMessage } from '@pulse/contract';
import { v7 } from 'uuid';

import type { Market } from './markets.ts';
import type { Customer, Population, Product } from './population.ts';
import { between, logNormal, pick, type Random } from './random.ts';

/** What is decided about a transaction before it is created. Absent parts follow from the customer. */
export interface SaleSpec {
  readonly customer: Customer;
  /** Event time in milliseconds since 1970. */
  readonly timeMs: number;
  readonly market?: Market;
  readonly amountDollars?: number;
  /** In place of `amountDollars`: the text of the amount, in the currency of the market. */
  readonly amount?: string;
  /** The country of the transaction, where it is not the country of the currency. */
  readonly country?: string;
}

/** A message of the contract. The number of random draws does not depend on the time, so that the content follows from the seed. */
export function createTransaction(random: Random, population: Population, spec: SaleSpec): TransactionMessage {
  const { customer, timeMs } = spec;
  const market = spec.market ?? customer.home;
  const product = pick(random, population.productsOf[pick(random, customer.taste)]);
  const dollars = spec.amountDollars ?? ordinaryDollars(random, customer, product);
  return {
    order_id: createOrderId(random, timeMs),
    amount: spec.amount ?? amountText(dollars, market),
    currency: market.currency,
    timestamp: localTimestamp(timeMs, market.utcOffsetMinutes),
    customer_id: customer.id,
    product_category: product.category,
    country: spec.country ?? market.country,
  };
}

/** A heavy-tailed amount: the price of the product, scaled by customer and basket; most baskets hold one product. */
function ordinaryDollars(random: Random, customer: Customer, product: Product): number {
  const basket = random.next() < 0.8 ? 1 : between(random, 1.5, 3);
  return product.priceDollars * customer.scale * basket * logNormal(random, 1, 0.15);
}

/** Converts dollars to the currency of the market, at least one minor unit. */
export function amountText(dollars: number, market: Market): string {
  const minor = Math.max(1, Math.round(dollars * market.unitsPerDollar * 10 ** market.exponent));
  return formatMinor(BigInt(minor), market.exponent);
}

/** A UUIDv7 of the event time and seeded bits: sorted by time and repeatable, since it does not read the clock. */
function createOrderId(random: Random, timeMs: number): string {
  const words = new Uint32Array([random.bits32(), random.bits32(), random.bits32(), random.bits32()]);
  return v7({ msecs: timeMs, random: new Uint8Array(words.buffer) });
}

/** RFC 3339 with milliseconds and the offset of the shop; Z for an offset of 0. */
export function localTimestamp(timeMs: number, utcOffsetMinutes: number): string {
  const local = new Date(timeMs + utcOffsetMinutes * 60_000).toISOString();
  if (utcOffsetMinutes === 0) return local;
  const minutes = Math.abs(utcOffsetMinutes);
  const clock = `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
  return `${local.slice(0, -1)}${utcOffsetMinutes < 0 ? '-' : '+'}${clock}`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
