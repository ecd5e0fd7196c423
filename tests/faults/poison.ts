import { rejectReasons, type RejectReason } from '@pulse/contract';
import { withClient } from '@pulse/local';

/** A message that must not become a row, and the expected reject reason. */
export interface Poison {
  readonly reason: RejectReason;
  /** @param orderId - An order id that no other message has. */
  readonly value: (orderId: string) => Buffer | null;
}

/** A valid sale of this moment. */
function plainSale(orderId: string) {
  return {
    order_id: orderId,
    amount: '10.00',
    currency: 'USD',
    timestamp: new Date().toISOString(),
    customer_id: 'c-1',
    product_category: 'toys',
    country: 'US',
  };
}

const raw = (reason: RejectReason, value: Buffer | string | null): Poison => ({
  reason,
  value: () => (typeof value === 'string' ? Buffer.from(value) : value),
});

/** A valid sale except for these fields; undefined leaves one out. */
const corrupted = (reason: RejectReason, fields: Readonly<Record<string, unknown>>): Poison => ({
  reason,
  value: (orderId) => Buffer.from(JSON.stringify({ ...plainSale(orderId), ...fields })),
});

/** A valid sale whose text is changed: for what JSON.stringify does not write. */
const rewritten = (reason: RejectReason, from: string, to: string): Poison => ({
  reason,
  value: (orderId) => Buffer.from(JSON.stringify(plainSale(orderId)).replace(from, to)),
});

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();
/** A constraint of the warehouse forbids it, and validation does not know. */
const forbiddenCategory = 'forbidden';
/** Its tax rate is unverified. */
const unverifiedCategory = 'unverified';

export const poison: readonly Poison[] = [
  raw('null_value', null),
  raw('empty_value', ''),
  raw('empty_value', ' \n'),
  raw('too_large', Buffer.alloc(70_000, 'x')),
  raw('invalid_utf8', Buffer.from([0xff, 0xfe])),
  raw('nul_byte', '{"order_id":"a\0b"}'),
  rewritten('nul_byte', '"toys"', String.raw`"to\u0000ys"`),
  raw('not_json', '{'),
  rewritten('not_json', '"10.00"', 'NaN'),
  rewritten('not_json', '"10.00"', 'Infinity'),
  raw('not_an_object', '42'),
  raw('not_an_object', '[]'),
  raw('not_an_object', 'null'),
  rewritten('duplicate_json_key', '{', '{"amount":"1.00",'),
  rewritten('prototype_polluting_key', '{', '{"__proto__":{"amount":"1.00"},'),
  rewritten('prototype_polluting_key', '{', '{"nested":{"constructor":{}},'),
  ...Object.keys(plainSale(''))
    .filter((field) => field !== 'country')
    .map((field) => corrupted('missing_field', { [field]: undefined })),
  corrupted('wrong_type', { customer_id: 7 }),
  corrupted('wrong_type', { timestamp: 1_700_000_000_000 }),
  corrupted('wrong_type', { amount: true }),
  corrupted('wrong_type', { country: null }),
  corrupted('id_empty', { order_id: '' }),
  corrupted('id_empty', { customer_id: '  ' }),
  corrupted('id_too_long', { order_id: 'o'.repeat(37) }),
  corrupted('id_too_long', { customer_id: 'c'.repeat(51) }),
  corrupted('id_too_long', { product_category: 'p'.repeat(51) }),
  corrupted('invalid_character', { customer_id: 'c\u0007' }),
  rewritten('invalid_character', '"toys"', String.raw`"\ud800"`),
  ...['NaN', 'Infinity', '1e2', '+1.00', '01.00', '1.', '.5', ' 1.00', '1,000.00', '0x10', ''].map((amount) =>
    corrupted('amount_not_decimal', { amount }),
  ),
  corrupted('amount_negative', { amount: '-1.00' }),
  corrupted('amount_negative', { amount: -1 }),
  corrupted('amount_zero', { amount: '0.00' }),
  corrupted('amount_too_fine', { amount: '1.001' }),
  corrupted('amount_too_fine', { amount: '1.5', currency: 'JPY' }),
  corrupted('amount_too_fine', { amount: '1.0005', currency: 'KWD' }),
  corrupted('amount_out_of_range', { amount: '1000000000000000.00' }),
  rewritten('amount_out_of_range', '"10.00"', '1E400'),
  rewritten('amount_too_fine', '"10.00"', '1E-400'),
  corrupted('amount_imprecise', { amount: 12_345_678_901_234.56 }),
  rewritten('amount_imprecise', '"10.00"', '149.9900000000000001'),
  corrupted('unknown_currency', { currency: 'ZZZ' }),
  corrupted('unknown_currency', { currency: 'usd' }),
  corrupted('unknown_currency', { currency: 'XAU' }),
  corrupted('currency_not_in_force', { currency: 'HRK' }),
  corrupted('currency_not_in_force', { currency: 'BGN' }),
  corrupted('currency_not_in_force', { currency: 'SLE', timestamp: '2022-06-30T12:00:00Z' }),
  ...['ZZ', 'UK', 'EL', 'XI', 'AN', 'us', 'USA'].map((country) => corrupted('unknown_country', { country })),
  corrupted('timestamp_no_offset', { timestamp: '2026-02-03T00:00:00' }),
  corrupted('timestamp_invalid', { timestamp: '2026-02-30T00:00:00Z' }),
  corrupted('timestamp_leap_second', { timestamp: '2026-02-03T23:59:60Z' }),
  corrupted('timestamp_invalid', { timestamp: 'yesterday' }),
  corrupted('timestamp_too_far_in_future', { timestamp: '9000-02-03T00:00:00Z' }),
  corrupted('timestamp_too_far_in_future', { timestamp: daysAgo(-2) }),
  corrupted('timestamp_too_old', { timestamp: '1000-02-03T00:00:00Z' }),
  corrupted('timestamp_too_old', { timestamp: daysAgo(3651) }),
  ...[0, 2, 99, -1, 1.5].map((version) => corrupted('unsupported_schema_version', { schema_version: version })),
  rewritten('unsupported_schema_version', '{', '{"schema_version":1.0000000000000000001,'),
  ...['1', null, true, {}].map((version) => corrupted('wrong_type', { schema_version: version })),
  corrupted('tax_rate_missing', { country: 'AQ' }),
  corrupted('tax_rate_unverified', { product_category: unverifiedCategory }),
  corrupted('exchange_rate_missing', { currency: 'XAF', amount: '10' }),
  corrupted('exchange_rate_stale', { currency: 'XPF', amount: '10' }),
  corrupted('refused_by_database', { product_category: forbiddenCategory }),
];

/** Spellings of the only supported schema version; empty for none. Sales have all of them. */
export const schemaVersionTexts = ['', '1', '1.0', '1e0'] as const;

const madeElsewhere: readonly RejectReason[] = ['order_id_conflict'];
const unmade = Object.keys(rejectReasons).filter(
  (reason) => !madeElsewhere.some((made) => made === reason) && !poison.some((made) => made.reason === reason),
);
if (unmade.length > 0) throw new Error(`no poison is made for the reasons ${unmade.join(', ')}`);

/** Makes a warehouse refuse these: an unverified tax rate, an exchange rate that is too old, an extra constraint. */
export async function preparePoison(ownerUrl: string): Promise<void> {
  await withClient(ownerUrl, async (client) => {
    await client.query(`
      insert into exchange_rates (base, quote, rate, valid_from, valid_to, source)
      values ('USD', 'XPF', 105, '2020-01-01', '2020-01-02', 'fault test')`);
    await client.query(`
      insert into tax_rates (country, product_category, rate, valid_from, source)
      values ('US', '${unverifiedCategory}', 0.1, '2000-01-01', 'fault test')`);
    await client.query(`
      alter table transactions add constraint transactions_forbidden check (product_category <> '${forbiddenCategory}')`);
  });
}
