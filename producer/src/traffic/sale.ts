import { formatMinor, type TransactionMessage } from '@pulse/contract';
import { v7 } from 'uuid';

import type { Market } from './markets.ts';
import type { Customer, Population, Product } from './population.ts';
import { between, logNormal, pick, type Random } from './random.ts';

/** What a sale is before it becomes a message. Absent parts are the customer's own. */
export interface SaleWish {
  readonly customer: Customer;
  /** Event time in milliseconds since 1970. */
  readonly timeMs: number;
  readonly market?: Market;
  readonly amountDollars?: number;
  /** Takes the place of an amount in dollars: already text in the market's currency. */
  readonly amount?: string;
  /** Where it happens, when that is not where the money is from. */
  readonly country?: string;
}

/** One sale as a message of the contract. Draws as often whatever the time, so that content follows the seed. */
export function createSale(random: Random, population: Population, wish: SaleWish): TransactionMessage {
  const { customer, timeMs } = wish;
  const market = wish.market ?? customer.home;
  const product = pick(random, population.productsOf[pick(random, customer.taste)]);
  const dollars = wish.amountDollars ?? ordinaryDollars(random, customer, product);
  return {
    order_id: createOrderId(random, timeMs),
    amount: wish.amount ?? amountText(dollars, market),
    currency: market.currency,
    timestamp: localTimestamp(timeMs, market.utcOffsetMinutes),
    customer_id: customer.id,
    product_category: product.category,
    country: wish.country ?? market.country,
  };
}

/** A heavy-tailed amount: product's price, customer's scale, a basket of mostly one. */
function ordinaryDollars(random: Random, customer: Customer, product: Product): number {
  const basket = random.next() < 0.8 ? 1 : between(random, 1.5, 3);
  return product.priceDollars * customer.scale * basket * logNormal(random, 1, 0.15);
}

/** Dollars in the market's money, at least one minor unit. */
export function amountText(dollars: number, market: Market): string {
  const minor = Math.max(1, Math.round(dollars * market.unitsPerDollar * 10 ** market.exponent));
  return formatMinor(BigInt(minor), market.exponent);
}

/** A UUIDv7 of the event time and seeded bits: sorted by time, repeatable, no clock in it. */
function createOrderId(random: Random, timeMs: number): string {
  const words = new Uint32Array([random.bits32(), random.bits32(), random.bits32(), random.bits32()]);
  return v7({ msecs: timeMs, random: new Uint8Array(words.buffer) });
}

/** RFC 3339 in milliseconds at the shop's own offset; Z in Greenwich. */
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
