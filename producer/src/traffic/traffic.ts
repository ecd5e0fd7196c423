import {
  encodeTransaction,
  recordKey,
  type FraudLabel,
  type FraudPattern,
  type TransactionMessage,
} from '@pulse/contract';

import { playFraud, plays, salesPerSequence } from './fraud.ts';
import { followHabit, habitChance } from './habits.ts';
import { malformations, type MalformedKind } from './malform.ts';
import { createPopulation, type Population } from './population.ts';
import { createRandom, pick, weightedPicker, type Random } from './random.ts';
import { createSale } from './sale.ts';

export interface TrafficOptions {
  readonly seed: number;
  readonly customerCount?: number;
  /** Shares of all messages, 0–1; what is left is ordinary. */
  readonly duplicateShare: number;
  readonly malformedShare: number;
  readonly lateShare: number;
  readonly fraudShare: number;
  /** The kinds of malformed messages, each as likely as the next. */
  readonly malformedKinds: readonly [MalformedKind, ...MalformedKind[]];
}

type RecordKind = 'valid' | 'duplicate' | `malformed:${MalformedKind}`;

/** A record to publish, with what is known of its content whatever became of its value. */
export interface TrafficRecord {
  readonly kind: RecordKind;
  readonly key: string;
  readonly value: string | Buffer | null;
  /** The message as it was, or as it was before it was spoilt. */
  readonly message: TransactionMessage;
  /** Truth about fraud, for those that play a pattern. */
  readonly label?: FraudLabel;
  /** Sent on purpose long after its event time. */
  readonly isLate?: boolean;
}

/** Endless traffic. Everything but the times follows from the seed; the caller brings the clock. */
export interface Traffic {
  readonly next: (nowMs: number) => TrafficRecord;
  /** The next record of a history: all of it is late. */
  readonly nextOfHistory: (timeMs: number) => TrafficRecord;
}

/** How many sent messages a duplicate or a conflicting order id can go back. */
const memorySize = 4_096;
const latenessMsMax = 48 * 3_600_000;
/** Sequences interleave with the ordinary: every other message at most belongs to one. */
const interleaving = 0.5;

const pickPlay = weightedPicker(plays, ({ weight }) => weight);

interface State {
  readonly random: Random;
  readonly population: Population;
  readonly memory: TransactionMessage[];
  remembered: number;
  /** Sales of fraud and of habits that have begun; without a pattern they are honest. */
  readonly queue: { readonly message: TransactionMessage; readonly pattern: FraudPattern | undefined }[];
}

export function createTraffic(options: TrafficOptions): Traffic {
  const state: State = {
    random: createRandom(options.seed),
    population: createPopulation(options.seed, options.customerCount),
    memory: [],
    remembered: 0,
    queue: [],
  };
  const { duplicateShare, malformedShare } = options;
  const sequenceChance = options.fraudShare / salesPerSequence;

  function create(nowMs: number, lateShare: number): TrafficRecord {
    const { random } = state;
    if (state.queue.length > 0 && random.next() < interleaving) return queued(state);
    const lot = random.next();
    if (lot < duplicateShare && state.memory.length > 0) return duplicate(state);
    if (lot < duplicateShare + malformedShare) return malformed(state, pick(random, options.malformedKinds), nowMs);
    if (random.next() < sequenceChance) {
      beginFraud(state, nowMs);
      return queued(state);
    }
    if (random.next() < habitChance) {
      beginHabit(state, nowMs);
      return queued(state);
    }
    if (random.next() < lateShare) return { ...ordinary(state, nowMs - lateness(random)), isLate: true };
    return ordinary(state, nowMs);
  }

  return {
    next: (nowMs) => create(nowMs, options.lateShare),
    // None is later than the history itself: its event times stay in their span.
    nextOfHistory: (timeMs) => ({ ...create(timeMs, 0), isLate: true }),
  };
}

function ordinary(state: State, timeMs: number): TrafficRecord {
  const { random, population } = state;
  const customer = pick(random, population.customers);
  const isAcross = random.next() < 0.5;
  const market = isAcross ? customer.acrossTheBorder : undefined;
  return valid(
    state,
    createSale(random, population, { customer, timeMs, ...(market === undefined ? {} : { market }) }),
  );
}

function beginFraud(state: State, nowMs: number): void {
  const { random, population, queue } = state;
  const play = pickPlay(random);
  for (const wish of playFraud(random, population, play, nowMs)) {
    const pattern = wish.isGenuine === true ? undefined : play.pattern;
    queue.push({ message: createSale(random, population, wish), pattern });
  }
}

function beginHabit(state: State, nowMs: number): void {
  const { random, population, queue } = state;
  for (const wish of followHabit(random, population, nowMs)) {
    queue.push({ message: createSale(random, population, wish), pattern: undefined });
  }
}

function queued(state: State): TrafficRecord {
  const sale = state.queue.shift();
  if (sale === undefined) throw new Error('a sequence has no sale');
  const { message, pattern } = sale;
  const record = valid(state, message);
  return pattern === undefined ? record : { ...record, label: { order_id: message.order_id, pattern } };
}

function duplicate(state: State): TrafficRecord {
  return { ...recordOf(earlier(state)), kind: 'duplicate' };
}

function malformed(state: State, kind: MalformedKind, nowMs: number): TrafficRecord {
  const { random, population } = state;
  const fresh = createSale(random, population, { customer: pick(random, population.customers), timeMs: nowMs });
  // The first message of all has no earlier one to contradict: it is sent, and the next lot may be the conflict.
  if (kind === 'order_id_conflict' && state.memory.length === 0) return valid(state, fresh);
  const message = kind === 'order_id_conflict' ? earlier(state) : fresh;
  return { ...recordOf(message), kind: `malformed:${kind}`, value: malformations[kind].spoil(message) };
}

function valid(state: State, message: TransactionMessage): TrafficRecord {
  state.memory[state.remembered % memorySize] = message;
  state.remembered += 1;
  return recordOf(message);
}

function recordOf(message: TransactionMessage): TrafficRecord {
  return { kind: 'valid', key: recordKey(message), value: encodeTransaction(message), message };
}

function earlier({ random, memory }: State): TransactionMessage {
  const message = memory[Math.floor(random.next() * memory.length)];
  if (message === undefined) throw new Error('no message has been sent yet');
  return message;
}

/** Mostly minutes, sometimes days: 1 s to 48 h, evenly on a logarithmic scale. */
function lateness(random: Random): number {
  return Math.floor(Math.exp(Math.log(1_000) + random.next() * Math.log(latenessMsMax / 1_000)));
}
