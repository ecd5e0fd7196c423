import {
  encodeTransaction,
  recordKey,
  type FraudLabel,
  type FraudPattern,
  type TransactionMessage,
} from '@pulse/contract';

import { corruptions, type MalformedKind } from './corruptions.ts';
import { createFraudSequence, fraudScenarios, fraudSequenceLength } from './fraud-scenarios.ts';
import { createHonestSequence, honestPatternChance } from './honest-patterns.ts';
import { createPopulation, type Population } from './population.ts';
import { createRandom, pick, weightedPicker, type Random } from './random.ts';
import { createTransaction } from './transaction.ts';

export interface TrafficOptions {
  readonly seed: number;
  readonly customerCount?: number;
  /** Ratios of all messages, from 0 to 1. The other messages are ordinary. */
  readonly duplicateRatio: number;
  readonly malformedRatio: number;
  readonly lateRatio: number;
  readonly fraudRatio: number;
  /** The kinds of malformed messages, each with the same chance. */
  readonly malformedKinds: readonly [MalformedKind, ...MalformedKind[]];
}

type RecordKind = 'valid' | 'duplicate' | `malformed:${MalformedKind}`;

/** A record to publish, and what is known about it. */
export interface TrafficRecord {
  readonly kind: RecordKind;
  readonly key: string;
  readonly value: string | Buffer | null;
  /** The message of the record; of a malformed one, the message before it was corrupted. */
  readonly message: TransactionMessage;
  /** The truth about fraud, for a transaction of a fraud sequence. */
  readonly label?: FraudLabel;
  /** Sent on purpose long after its event time. */
  readonly isLate?: boolean;
}

/** Endless traffic. All of it but the times follows from the seed; the caller passes the times in. */
export interface Traffic {
  readonly next: (nowMs: number) => TrafficRecord;
  /** The next record of a history, where each record is late. */
  readonly nextOfHistory: (timeMs: number) => TrafficRecord;
}

/** So many of the last messages can be sent again as a duplicate or a conflict. */
const memorySize = 4_096;
const latenessMsMax = 48 * 3_600_000;
/** The chance that a message comes from a sequence while there is one: sequences mix with ordinary messages. */
const sequenceChance = 0.5;

const pickScenario = weightedPicker(fraudScenarios, ({ weight }) => weight);

interface State {
  readonly random: Random;
  readonly population: Population;
  readonly memory: TransactionMessage[];
  remembered: number;
  /** Transactions of sequences that have begun; an honest one has no pattern. */
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
  const { duplicateRatio, malformedRatio } = options;
  const fraudChance = options.fraudRatio / fraudSequenceLength;

  function create(nowMs: number, lateRatio: number): TrafficRecord {
    const { random } = state;
    if (state.queue.length > 0 && random.next() < sequenceChance) return queued(state);
    const lot = random.next();
    if (lot < duplicateRatio && state.memory.length > 0) return duplicate(state);
    if (lot < duplicateRatio + malformedRatio) return malformed(state, pick(random, options.malformedKinds), nowMs);
    if (random.next() < fraudChance) {
      beginFraud(state, nowMs);
      return queued(state);
    }
    if (random.next() < honestPatternChance) {
      beginHonestPattern(state, nowMs);
      return queued(state);
    }
    if (random.next() < lateRatio) return { ...ordinary(state, nowMs - lateness(random)), isLate: true };
    return ordinary(state, nowMs);
  }

  return {
    next: (nowMs) => create(nowMs, options.lateRatio),
    // None is moved into the past, so that the event times of a history stay in its hours.
    nextOfHistory: (timeMs) => ({ ...create(timeMs, 0), isLate: true }),
  };
}

function ordinary(state: State, timeMs: number): TrafficRecord {
  const { random, population } = state;
  const customer = pick(random, population.customers);
  const isAbroad = random.next() < 0.5;
  const market = isAbroad ? customer.neighbourMarket : undefined;
  return valid(
    state,
    createTransaction(random, population, { customer, timeMs, ...(market === undefined ? {} : { market }) }),
  );
}

function beginFraud(state: State, nowMs: number): void {
  const { random, population, queue } = state;
  const scenario = pickScenario(random);
  for (const spec of createFraudSequence(random, population, scenario, nowMs)) {
    const pattern = spec.isGenuine === true ? undefined : scenario.pattern;
    queue.push({ message: createTransaction(random, population, spec), pattern });
  }
}

function beginHonestPattern(state: State, nowMs: number): void {
  const { random, population, queue } = state;
  for (const spec of createHonestSequence(random, population, nowMs)) {
    queue.push({ message: createTransaction(random, population, spec), pattern: undefined });
  }
}

function queued(state: State): TrafficRecord {
  const first = state.queue.shift();
  if (first === undefined) throw new Error('no sequence has begun');
  const { message, pattern } = first;
  const record = valid(state, message);
  return pattern === undefined ? record : { ...record, label: { order_id: message.order_id, pattern } };
}

function duplicate(state: State): TrafficRecord {
  return { ...recordOf(earlier(state)), kind: 'duplicate' };
}

function malformed(state: State, kind: MalformedKind, nowMs: number): TrafficRecord {
  const { random, population } = state;
  const customer = pick(random, population.customers);
  const newMessage = createTransaction(random, population, { customer, timeMs: nowMs });
  // The first message has no earlier one to conflict with, so it is sent as it is.
  if (kind === 'order_id_conflict' && state.memory.length === 0) return valid(state, newMessage);
  const message = kind === 'order_id_conflict' ? earlier(state) : newMessage;
  return { ...recordOf(message), kind: `malformed:${kind}`, value: corruptions[kind].corrupt(message) };
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
  if (message === undefined) throw new Error('no message has been created yet');
  return message;
}

/** From 1 s to 48 h, evenly on a logarithmic scale: mostly minutes, sometimes days. */
function lateness(random: Random): number {
  return Math.floor(Math.exp(Math.log(1_000) + random.next() * Math.log(latenessMsMax / 1_000)));
}
