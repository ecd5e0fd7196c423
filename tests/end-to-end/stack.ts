import type { TransactionMessage } from '@pulse/contract';
import type { Kafka } from 'kafkajs';
import type { QueryResultRow } from 'pg';
import { inject, vi } from 'vitest';

import { kafkaClient, logEnds, publish, recordOf, type TestRecord } from '../support/kafka.ts';
import { openClient } from '../support/warehouse.ts';
import { Airflow, type Run } from './airflow.ts';
import type { StackAddresses } from './stack-addresses.ts';

/** How long the pipeline may take over what stands in the topic. */
const loadDeadlineMs = 60_000;
const pollMs = 250;

/** The stack under test, seen from outside: Kafka on one side, the warehouse on the other, Airflow between them. */
export class Stack implements AsyncDisposable {
  readonly addresses: StackAddresses;
  readonly airflow: Airflow;
  readonly #kafka: Kafka;
  readonly #warehouse: Awaited<ReturnType<typeof openClient>>;

  private constructor(addresses: StackAddresses, airflow: Airflow, warehouse: Awaited<ReturnType<typeof openClient>>) {
    this.addresses = addresses;
    this.airflow = airflow;
    this.#kafka = kafkaClient(addresses.kafkaBootstrapServers);
    this.#warehouse = warehouse;
  }

  static async open(): Promise<Stack> {
    const addresses = inject('stack');
    return new Stack(addresses, await Airflow.logIn(addresses), await openClient(addresses.warehouseUrl));
  }

  async query<Row extends QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.#warehouse.client.query<Row>(sql, [...values])).rows;
  }

  /** Publishes in order; resolves when the broker has it all. */
  async publish(items: readonly (TransactionMessage | TestRecord)[]): Promise<void> {
    const records = items.map((item) => ('value' in item ? item : recordOf(item)));
    await publish(this.#kafka, this.addresses.transactionsTopic, records);
  }

  /** Publishes, and waits until the pipeline has loaded all that stands in the topic. */
  async sell(items: readonly (TransactionMessage | TestRecord)[]): Promise<void> {
    await this.publish(items);
    await this.loaded();
  }

  /** Waits until scheduled runs have loaded everything that stands in the topic now. */
  async loaded(): Promise<void> {
    const ends = await logEnds(this.#kafka, this.addresses.transactionsTopic);
    await until('all that was published is loaded', loadDeadlineMs, async () => {
      const positions = await this.query<{ partition: number; next_offset: string }>(
        'select partition, next_offset from source_positions where topic = $1',
        [this.addresses.transactionsTopic],
      );
      const nextOffsets = new Map(positions.map((row) => [row.partition, Number(row.next_offset)]));
      return ends.every((end, partition) => (nextOffsets.get(partition) ?? 0) >= end);
    });
  }

  /** Waits until a run is over. @returns the run, which has succeeded or failed. */
  async finished(runId: string, airflow = this.airflow): Promise<Run> {
    return until(`run ${runId} is over`, loadDeadlineMs, async () => {
      const run = await airflow.run(runId);
      return run.state === 'success' || run.state === 'failed' ? run : undefined;
    });
  }

  /** Waits for the first scheduled runs that become due from now on, until they are over. */
  async nextScheduledRuns(count: number): Promise<readonly Run[]> {
    const now = new Date();
    const deadlineMs = (count + 3) * this.addresses.scheduleSeconds * 1000 + loadDeadlineMs;
    return until(`${count} more scheduled runs are over`, deadlineMs, async () => {
      const runs = (await this.airflow.scheduledRuns(now)).slice(0, count);
      const areOver = runs.every(({ state }) => state === 'success' || state === 'failed');
      return runs.length === count && areOver ? runs : undefined;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#warehouse[Symbol.asyncDispose]();
  }
}

/** @throws Error naming what did not come true in time. */
async function until<Value>(
  what: string,
  timeoutMs: number,
  probe: () => Promise<Value | false | undefined>,
): Promise<Value> {
  return vi.waitFor(
    async () => {
      const value = await probe();
      if (value === false || value === undefined) throw new Error(`not within ${timeoutMs / 1000} s: ${what}`);
      return value;
    },
    { timeout: timeoutMs, interval: pollMs },
  );
}
