import { randomBytes } from 'node:crypto';

import kafkajs, { type Kafka, type Producer } from 'kafkajs';

import type { Random } from './random.ts';

/** What a message is, by what the driver made of it. Only `sale` may become a row. */
type Kind = 'sale' | 'poison';

/** One message that was sent; without an offset Kafka has not acknowledged it, and it may or may not be in the log. */
export interface Sent {
  /** Names this message: it travels in a header. */
  readonly id: string;
  readonly kind: Kind;
  readonly orderId: string | null;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly partition: number | null;
  readonly offset: string | null;
}

interface Prepared extends Omit<Sent, 'partition' | 'offset'> {
  readonly key: string;
  readonly value: Buffer | null;
}

const currencies = ['USD', 'EUR', 'JPY', 'KWD'] as const;
const decimals = { USD: 2, EUR: 2, JPY: 0, KWD: 3 } as const;

const poison: readonly (Buffer | null)[] = [
  null,
  Buffer.alloc(0),
  Buffer.from('{'),
  Buffer.from('42'),
  Buffer.from([0xff, 0xfe]),
  Buffer.from('{"order_id":"a\\u0000b"}'),
  Buffer.from('{"order_id":"x","order_id":"x"}'),
  Buffer.from('{"__proto__":{}}'),
  Buffer.from(JSON.stringify({ ...plainSale('p'), amount: 'NaN' })),
  Buffer.from(JSON.stringify({ ...plainSale('p'), amount: '-1.00' })),
  Buffer.from(JSON.stringify({ ...plainSale('p'), amount: '1.001' })),
  Buffer.from(JSON.stringify({ ...plainSale('p'), currency: 'ZZZ' })),
  Buffer.from(JSON.stringify({ ...plainSale('p'), country: 'ZZ' })),
  Buffer.from(JSON.stringify({ ...plainSale('p'), timestamp: '2026-02-30T00:00:00Z' })),
  Buffer.from(JSON.stringify({ ...plainSale('p'), timestamp: '2026-02-03T00:00:00' })),
  Buffer.from(JSON.stringify({ ...plainSale('p'), timestamp: '9000-02-03T00:00:00Z' })),
  Buffer.from(JSON.stringify({ ...plainSale('p'), timestamp: '1000-02-03T00:00:00Z' })),
  Buffer.from(JSON.stringify({ ...plainSale('p'), schema_version: 99 })),
  Buffer.from(JSON.stringify({ ...plainSale('p'), customer_id: 'c'.repeat(51) })),
  Buffer.alloc(70_000, 'x'),
];

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

/** Publishes sales with a ledger of its own: it knows nothing of the etl command. */
export class Traffic implements AsyncDisposable {
  readonly ledger: Sent[] = [];
  readonly #random: Random;
  readonly #kafka: Kafka;
  readonly #topic: string;
  readonly #sales: Prepared[] = [];
  #producer: Producer | undefined;
  #count = 0;

  constructor(kafka: Kafka, topic: string, random: Random) {
    this.#kafka = kafka;
    this.#topic = topic;
    this.#random = random;
  }

  /** Sends so many messages of all kinds, and notes which of them Kafka has acknowledged. */
  async send(count: number): Promise<void> {
    const prepared = Array.from({ length: count }, () => this.#prepare());
    try {
      const producer = (this.#producer ??= await this.#connected());
      const messages = prepared.map(({ id, key, value }) => ({
        key,
        value,
        headers: { id },
        partition: partitionOf(key),
      }));
      const answers = await producer.send({ topic: this.#topic, acks: -1, messages });
      const base = new Map(answers.map(({ partition, baseOffset }) => [partition, BigInt(baseOffset ?? '-1')]));
      for (const { key, value: _, ...sent } of prepared) {
        const partition = partitionOf(key);
        const offset = base.get(partition) ?? -1n;
        base.set(partition, offset + 1n);
        this.ledger.push({ ...sent, partition, offset: String(offset) });
      }
    } catch {
      // The broker may have them or not: the log will tell.
      for (const { key: _, value: __, ...sent } of prepared)
        this.ledger.push({ ...sent, partition: null, offset: null });
      await this[Symbol.asyncDispose]();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.disconnect().catch(() => undefined);
  }

  async #connected(): Promise<Producer> {
    const producer = this.#kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      retry: { retries: 4 },
    });
    await producer.connect();
    return producer;
  }

  #prepare(): Prepared {
    const random = this.#random;
    this.#count += 1;
    const id = `${this.#count}-${randomBytes(4).toString('hex')}`;
    const roll = random.fraction();
    const earlier = this.#sales.length === 0 ? undefined : random.pick(this.#sales);
    if (roll < 0.08) {
      const nothing = { orderId: null, amount: null, currency: null };
      return { id, kind: 'poison', ...nothing, key: `c-${random.between(1, 40)}`, value: random.pick(poison) };
    }
    if (roll < 0.16 && earlier !== undefined) return { ...earlier, id };
    if (roll < 0.2 && earlier?.value) return { ...earlier, id, ...changed(earlier.value) };
    const sale = this.#sale(id);
    this.#sales.push(sale);
    return sale;
  }

  #sale(id: string): Prepared {
    const random = this.#random;
    const currency = random.pick(currencies);
    const digits = decimals[currency];
    const major = String(random.between(1, 2000));
    const amount =
      digits === 0 ? major : `${major}.${String(random.between(0, 10 ** digits - 1)).padStart(digits, '0')}`;
    const customer = `c-${random.between(1, 40)}`;
    const orderId = random.chance(0.5) ? `o-${id}` : `${randomBytes(4).toString('hex')}-${id}`;
    // Late ones, and those of a clock that runs ahead.
    const shiftMs = random.chance(0.1) ? -random.between(1, 3 * 86_400_000) : random.between(-60_000, 60_000);
    const value = {
      order_id: orderId,
      amount,
      currency,
      timestamp: new Date(Date.now() + shiftMs).toISOString(),
      customer_id: customer,
      product_category: random.pick(['toys', 'books', 'garden']),
      ...(random.chance(0.8) ? { country: 'US' } : {}),
      ...(random.chance(0.5) ? { schema_version: 1 } : {}),
    };
    return { id, kind: 'sale', orderId, amount, currency, key: customer, value: Buffer.from(JSON.stringify(value)) };
  }
}

/** The same order with another amount. */
function changed(value: Buffer): { readonly amount: string; readonly value: Buffer } {
  const sale: Record<string, unknown> = JSON.parse(value.toString());
  const amount = `${String(sale['amount']).split('.')[0]}7`;
  return { amount, value: Buffer.from(JSON.stringify({ ...sale, amount })) };
}

export const partitionCount = 3;

function partitionOf(key: string): number {
  return Number(key.slice(2)) % partitionCount;
}
