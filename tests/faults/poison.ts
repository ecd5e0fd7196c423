import { rejectReasons, type RejectReason } from '@pulse/contract';
import { withClient } from '@pulse/local';

/** A message that must not become a row, and the reason that it is to be rejected for. */
export interface Poison {
  readonly reason: RejectReason;
  /** @param orderId - An order id that no other message has. */
  readonly value: (orderId: string) => Buffer | null;
}

/** A sound sale of the moment. */
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

/** A sound sale but for these fields; undefined leaves one out. */
const spoilt = (reason: RejectReason, fields: Readonly<Record<string, unknown>>): Poison => ({
  reason,
  value: (orderId) => Buffer.from(JSON.stringify({ ...plainSale(orderId), ...fields })),
});

/** A sound sale whose text is changed: for what JSON.stringify does not write. */
const respelt = (reason: RejectReason, from: string, to: string): Poison => ({
  reason,
  value: (orderId) => Buffer.from(JSON.stringify(plainSale(orderId)).replace(from, to)),
});

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();
/** Nobody sells it, and the warehouse has a constraint against it that validation knows nothing of. */
const cursedCategory = 'cursed';
/** Its tax rate is verified by nobody. */
const doubtfulCategory = 'doubtful';

export const poison: readonly Poison[] = [
  raw('null_value', null),
  raw('empty_value', ''),
  raw('empty_value', ' \n'),
  raw('too_large', Buffer.alloc(70_000, 'x')),
  raw('invalid_utf8', Buffer.from([0xff, 0xfe])),
  raw('nul_byte', '{"order_id":"a\0b"}'),
  respelt('nul_byte', '"toys"', String.raw`"to\u0000ys"`),
  raw('not_json', '{'),
  respelt('not_json', '"10.00"', 'NaN'),
  respelt('not_json', '"10.00"', 'Infinity'),
  raw('not_an_object', '42'),
  raw('not_an_object', '[]'),
  raw('not_an_object', 'null'),
  respelt('duplicate_json_key', '{', '{"amount":"1.00",'),
  respelt('prototype_polluting_key', '{', '{"__proto__":{"amount":"1.00"},'),
  respelt('prototype_polluting_key', '{', '{"nested":{"constructor":{}},'),
  ...Object.keys(plainSale(''))
    .filter((field) => field !== 'country')
    .map((field) => spoilt('missing_field', { [field]: undefined })),
  spoilt('wrong_type', { customer_id: 7 }),
  spoilt('wrong_type', { timestamp: 1_700_000_000_000 }),
  spoilt('wrong_type', { amount: true }),
  spoilt('wrong_type', { country: null }),
  spoilt('id_empty', { order_id: '' }),
  spoilt('id_empty', { customer_id: '  ' }),
  spoilt('id_too_long', { order_id: 'o'.repeat(37) }),
  spoilt('id_too_long', { customer_id: 'c'.repeat(51) }),
  spoilt('id_too_long', { product_category: 'p'.repeat(51) }),
  spoilt('invalid_character', { customer_id: 'c\u0007' }),
  respelt('invalid_character', '"toys"', String.raw`"\ud800"`),
  ...['NaN', 'Infinity', '1e2', '+1.00', '01.00', '1.', '.5', ' 1.00', '1,000.00', '0x10', ''].map((amount) =>
    spoilt('amount_not_decimal', { amount }),
  ),
  spoilt('amount_negative', { amount: '-1.00' }),
  spoilt('amount_negative', { amount: -1 }),
  spoilt('amount_zero', { amount: '0.00' }),
  spoilt('amount_too_fine', { amount: '1.001' }),
  spoilt('amount_too_fine', { amount: '1.5', currency: 'JPY' }),
  spoilt('amount_too_fine', { amount: '1.0005', currency: 'KWD' }),
  spoilt('amount_out_of_range', { amount: '1000000000000000.00' }),
  respelt('amount_out_of_range', '"10.00"', '1E400'),
  respelt('amount_too_fine', '"10.00"', '1E-400'),
  spoilt('amount_imprecise', { amount: 12_345_678_901_234.56 }),
  respelt('amount_imprecise', '"10.00"', '149.9900000000000001'),
  spoilt('unknown_currency', { currency: 'ZZZ' }),
  spoilt('unknown_currency', { currency: 'usd' }),
  spoilt('unknown_currency', { currency: 'XAU' }),
  spoilt('currency_not_in_force', { currency: 'HRK' }),
  spoilt('currency_not_in_force', { currency: 'BGN' }),
  spoilt('currency_not_in_force', { currency: 'SLE', timestamp: '2022-06-30T12:00:00Z' }),
  ...['ZZ', 'UK', 'EL', 'XI', 'AN', 'us', 'USA'].map((country) => spoilt('unknown_country', { country })),
  spoilt('timestamp_no_offset', { timestamp: '2026-02-03T00:00:00' }),
  spoilt('timestamp_invalid', { timestamp: '2026-02-30T00:00:00Z' }),
  spoilt('timestamp_leap_second', { timestamp: '2026-02-03T23:59:60Z' }),
  spoilt('timestamp_invalid', { timestamp: 'yesterday' }),
  spoilt('timestamp_too_far_in_future', { timestamp: '9000-02-03T00:00:00Z' }),
  spoilt('timestamp_too_far_in_future', { timestamp: daysAgo(-2) }),
  spoilt('timestamp_too_old', { timestamp: '1000-02-03T00:00:00Z' }),
  spoilt('timestamp_too_old', { timestamp: daysAgo(3651) }),
  ...[0, 2, 99, -1, 1.5].map((version) => spoilt('unsupported_schema_version', { schema_version: version })),
  respelt('unsupported_schema_version', '{', '{"schema_version":1.0000000000000000001,'),
  ...['1', null, true, {}].map((version) => spoilt('wrong_type', { schema_version: version })),
  spoilt('tax_rate_missing', { country: 'AQ' }),
  spoilt('tax_rate_unverified', { product_category: doubtfulCategory }),
  spoilt('exchange_rate_missing', { currency: 'XAF', amount: '10' }),
  spoilt('exchange_rate_stale', { currency: 'XPF', amount: '10' }),
  spoilt('refused_by_database', { product_category: cursedCategory }),
];

/** Spellings of the one schema version that is read; empty for none. Sales have all of them. */
export const schemaVersionTexts = ['', '1', '1.0', '1e0'] as const;

const madeElsewhere: readonly RejectReason[] = ['order_id_conflict'];
const unmade = Object.keys(rejectReasons).filter(
  (reason) => !madeElsewhere.some((made) => made === reason) && !poison.some((made) => made.reason === reason),
);
if (unmade.length > 0) throw new Error(`no poison is made for the reasons ${unmade.join(', ')}`);

/** What a warehouse needs to refuse these: an unverified tax rate, an exchange rate that is too old, a constraint of somebody's own. */
export async function preparePoison(ownerUrl: string): Promise<void> {
  await withClient(ownerUrl, async (client) => {
    await client.query(`
      insert into exchange_rates (base, quote, rate, valid_from, valid_to, source)
      values ('USD', 'XPF', 105, '2020-01-01', '2020-01-02', 'fault test')`);
    await client.query(`
      insert into tax_rates (country, product_category, rate, valid_from, source)
      values ('US', '${doubtfulCategory}', 0.1, '2000-01-01', 'fault test')`);
    await client.query(`
      alter table transactions add constraint transactions_cursed check (product_category <> '${cursedCategory}')`);
  });
}
