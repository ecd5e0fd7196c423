import type { TextPool } from './text-pool.ts';

/** A transaction that passed validation, with the coordinates of its record. */
export interface ValidTransaction {
  readonly partition: number;
  readonly offset: number;
  /** Where the record's frame begins in its staged file. */
  readonly framePosition: number;
  readonly orderId: string;
  /** In minor units of the currency. */
  readonly amountMinor: bigint;
  /** ISO 4217. */
  readonly currency: string;
  /** RFC 3339 with an offset, microseconds at most. */
  readonly timestamp: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly timestampMs: number;
  /** YYYY-MM-DD at the message's own offset. */
  readonly localDate: string;
  readonly customerId: string;
  readonly productCategory: string;
  /** ISO 3166-1 alpha-2, or empty. */
  readonly country: string;
  /** 32 hexadecimal digits over all fields that the customer would call the sale. */
  readonly contentHash: string;
}

/** One line, fields apart by tabs; the contract allows no control characters in any of them. */
export function encodeValidLine(transaction: ValidTransaction): string {
  const t = transaction;
  return (
    `${t.partition}\t${t.offset}\t${t.framePosition}\t${t.orderId}\t${t.amountMinor}\t${t.currency}\t${t.timestamp}\t` +
    `${t.timestampMs}\t${t.localDate}\t${t.customerId}\t${t.productCategory}\t${t.country}\t${t.contentHash}\n`
  );
}

/**
 * Reads a line back; what few sales differ in comes from the pool: currency, local date, category and country.
 * @throws Error for a line with other fields, which only another release can have written.
 */
export function decodeValidLine(line: string, pool: TextPool): ValidTransaction {
  const [
    partition,
    offset,
    framePosition,
    orderId,
    amountMinor,
    currency,
    timestamp,
    timestampMs,
    localDate,
    customerId,
    productCategory,
    country,
    contentHash,
  ] = line.split('\t');
  if (
    partition === undefined ||
    offset === undefined ||
    framePosition === undefined ||
    orderId === undefined ||
    amountMinor === undefined ||
    currency === undefined ||
    timestamp === undefined ||
    timestampMs === undefined ||
    localDate === undefined ||
    customerId === undefined ||
    productCategory === undefined ||
    country === undefined ||
    contentHash === undefined
  ) {
    throw new Error('a staged line of a valid transaction has too few fields');
  }
  return {
    partition: Number(partition),
    offset: Number(offset),
    framePosition: Number(framePosition),
    orderId,
    amountMinor: BigInt(amountMinor),
    currency: pool.of(currency),
    timestamp,
    timestampMs: Number(timestampMs),
    localDate: pool.of(localDate),
    customerId,
    productCategory: pool.of(productCategory),
    country: pool.of(country),
    contentHash,
  };
}
