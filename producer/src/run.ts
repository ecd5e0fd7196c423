import type { Publisher } from './kafka/publisher.ts';
import type { Pace } from './pace.ts';
import type { Tally } from './tally.ts';
import type { TrafficRecord } from './traffic/traffic.ts';

export interface RunOptions {
  /** Makes the next record to send. */
  readonly nextRecord: () => TrafficRecord;
  readonly pace: Pace;
  readonly publisher: Publisher;
  readonly tally: Tally;
  readonly topics: { readonly transactions: string; readonly fraudLabels: string };
  /** The number of messages to send; Infinity to send until stopped. */
  readonly count: number;
  /** Stops sending. Messages in flight are still waited for. */
  readonly stop: AbortSignal;
  /** Ends the wait for messages in flight. */
  readonly giveUp: AbortSignal;
}

/**
 * Sends records until the count is reached or `stop` fires. One group of them is in flight while the next is created, never
 * more: an outage of Kafka does not increase the memory.
 */
export async function run(options: RunOptions): Promise<void> {
  const { nextRecord, stop, giveUp } = options;
  let sent = 0;
  let inFlight = Promise.resolve();
  while (sent < options.count) {
    const due = await nextDue(options.pace, stop);
    if (stop.aborted) break;
    const size = Math.min(due, options.count - sent);
    const group = Array.from({ length: size }, () => nextRecord());
    await orAborted(inFlight, giveUp);
    if (stop.aborted) break;
    inFlight = publishGroup(group, options);
    // A failure is handled where the promise is awaited, in the next turn of the loop.
    inFlight.catch(() => undefined);
    sent += size;
  }
  await orAborted(inFlight, giveUp);
}

/** The messages first, so that each label belongs to a transaction in the topic. */
async function publishGroup(group: readonly TrafficRecord[], options: RunOptions): Promise<void> {
  const { publisher, tally, topics, giveUp: signal } = options;
  tally.sent(group.length);
  await publisher.publish(topics.transactions, group, { signal, onAcknowledged: tally.acknowledged });
  const labels = group.flatMap(({ label }) => label ?? []);
  await publisher.publish(
    topics.fraudLabels,
    labels.map((label) => ({ key: label.order_id, value: JSON.stringify(label) })),
    { signal, onAcknowledged: ({ records }) => tally.labelled(records.length) },
  );
}

async function nextDue(pace: Pace, stop: AbortSignal): Promise<number> {
  try {
    return await pace(stop);
  } catch (error) {
    if (stop.aborted) return 0;
    throw error;
  }
}

/** Settles as the work does, or resolves when the signal fires first. */
async function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  const onAbort = () => resolve();
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) resolve();
  try {
    await Promise.race([work, aborted]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
