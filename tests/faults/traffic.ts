import { randomBytes } from 'node:crypto';

import kafkajs, { type Kafka, type Producer } from 'kafkajs';

import { poison, schemaVersionTexts, type Poison } from './poison.ts';
import type { Random } from './random.ts';

/** One message that was sent. Without an offset, Kafka has not acknowledged it: it may or may not be in the log. */
export interface Sent {
  /** Identifies this message; sent as a header. */
  readonly id: string;
  /** Why it is to be rejected; null for a sale. */
  readonly reason: string | null;
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

/** Publishes sales and keeps its own ledger. It uses nothing of the etl command. */
export class Traffic implements AsyncDisposable {
  readonly ledger: Sent[] = [];
  readonly #random: Random;
  readonly #kafka: Kafka;
  readonly #topic: string;
  readonly #sales: Prepared[] = [];
  #poisonLeft: Poison[] = [];
  readonly #poisonSent = new Set<Poison>();
  #producer: Producer | undefined;
  #count = 0;

  constructor(kafka: Kafka, topic: string, random: Random) {
    this.#kafka = kafka;
    this.#topic = topic;
    this.#random = random;
  }

  /** How many kinds of poison have been sent. */
  get poisonKinds(): number {
    return this.#poisonSent.size;
  }

  /** Sends messages of all kinds, and notes which of them Kafka has acknowledged. */
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
      // The broker may have them or not: the log will show.
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
      // Each kind in turn, in an order that the seed gives.
      if (this.#poisonLeft.length === 0) this.#poisonLeft = random.shuffled(poison);
      const kind = this.#poisonLeft.pop() ?? random.pick(poison);
      this.#poisonSent.add(kind);
      const nothing = { orderId: null, amount: null, currency: null };
      const key = `c-${random.between(1, 40)}`;
      return { id, reason: kind.reason, ...nothing, key, value: kind.value(`p-${id}`) };
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
    // Some are late, and some have a clock that is ahead.
    const shiftMs = random.chance(0.1) ? -random.between(1, 3 * 86_400_000) : random.between(-60_000, 60_000);
    const value = {
      order_id: orderId,
      amount,
      currency,
      timestamp: new Date(Date.now() + shiftMs).toISOString(),
      customer_id: customer,
      product_category: random.pick(['toys', 'books', 'garden']),
      ...(random.chance(0.8) ? { country: 'US' } : {}),
    };
    const version = random.pick(schemaVersionTexts);
    const text = JSON.stringify(value).replace(/\}$/, version === '' ? '}' : `,"schema_version":${version}}`);
    const sale = { id, orderId, amount, currency, key: customer, value: Buffer.from(text) };
    return { ...sale, reason: null };
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
