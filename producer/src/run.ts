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
  /** Messages to send in all, Infinity to go on until stopped. */
  readonly count: number;
  /** Ends the traffic: what is under way is still waited for. */
  readonly stop: AbortSignal;
  /** Ends the wait for what is under way. */
  readonly giveUp: AbortSignal;
}

/**
 * Sends traffic until the count is reached or `stop` fires. One chunk is on its way while the next is made, never more:
 * memory stays the same however long Kafka is away.
 */
export async function run(options: RunOptions): Promise<void> {
  const { nextRecord, stop, giveUp } = options;
  let sent = 0;
  let underWay = Promise.resolve();
  while (sent < options.count) {
    const due = await nextDue(options.pace, stop);
    if (stop.aborted) break;
    const size = Math.min(due, options.count - sent);
    const chunk = Array.from({ length: size }, () => nextRecord());
    await orAborted(underWay, giveUp);
    if (stop.aborted) break;
    underWay = publishChunk(chunk, options);
    // Its failure is seen where it is awaited, a turn later.
    underWay.catch(() => undefined);
    sent += size;
  }
  await orAborted(underWay, giveUp);
}

/** The transactions first, then the truth about those that are in the topic. */
async function publishChunk(chunk: readonly TrafficRecord[], options: RunOptions): Promise<void> {
  const { publisher, tally, topics, giveUp: signal } = options;
  tally.sent(chunk.length);
  await publisher.publish(topics.transactions, chunk, { signal, onAcknowledged: tally.acknowledged });
  const labels = chunk.flatMap(({ label }) => label ?? []);
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

/** Settles as the work does, or quietly when the signal fires first. */
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
