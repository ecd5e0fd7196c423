import { setTimeout as delay } from 'node:timers/promises';

import { Client } from 'pg';

/** What a reader saw while faults were injected. */
export interface Sampler extends AsyncDisposable {
  readonly sampleCount: number;
  /** Samples that can not be true of whole batches; empty when all is well. */
  readonly violations: readonly string[];
}

/** In one snapshot every batch is complete or absent: its rows, rejects, roll-ups and positions. */
const halfBatches = `
  with facts as (select count(*) as rows, coalesce(sum(amount_base), 0) as base from transactions),
  ledger as (
    select coalesce(sum(loaded_count), 0) as loaded, coalesce(sum(rejected_count), 0) as rejected
    from etl_batches
    where state = 'loaded')
  select facts.rows, ledger.loaded,
    (select count(*) from rejected_transactions) as quarantined, ledger.rejected,
    (select coalesce(sum(transaction_count), 0) from sales_per_minute) as minutes,
    (select coalesce(sum(transaction_count), 0) from sales_per_hour) as hours,
    (select coalesce(sum(amount_base_sum), 0) from sales_per_minute) - facts.base as minute_difference,
    (select coalesce(sum(transaction_count), 0) from customer_profiles) as profiles,
    (select coalesce(sum(next_offset - from_offset), 0) from etl_batch_ranges where is_loaded) as covered,
    (select coalesce(sum(read_count + hole_count), 0) from etl_batch_ranges where is_loaded) as counted
  from facts, ledger`;

const pauseMs = 25;
/** A large warehouse is sampled less often: the pause is four times as long as the query. */
const pausePerQuery = 4;

/** Samples all the time, on its own connection, which only a crash of the server breaks. */
export function startSampler(url: string): Sampler {
  const violations: string[] = [];
  const stop = new AbortController();
  let sampleCount = 0;
  const sample = async (client: Client): Promise<void> => {
    while (!stop.signal.aborted) {
      const startedMs = performance.now();
      const { rows } = await client.query<Record<string, string>>(halfBatches);
      const queryMs = performance.now() - startedMs;
      sampleCount += 1;
      const [row] = rows;
      const isWhole =
        row !== undefined &&
        row['rows'] === row['loaded'] &&
        row['quarantined'] === row['rejected'] &&
        row['minutes'] === row['rows'] &&
        row['hours'] === row['rows'] &&
        row['profiles'] === row['rows'] &&
        row['covered'] === row['counted'] &&
        Number(row['minute_difference']) === 0;
      if (!isWhole) violations.push(`half a batch: ${JSON.stringify(row)}`);
      await delay(Math.max(pauseMs, queryMs * pausePerQuery), undefined, { signal: stop.signal }).catch(
        () => undefined,
      );
    }
  };
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const client = new Client({ connectionString: url });
      client.on('error', () => undefined);
      await client
        .connect()
        .then(() => sample(client))
        .catch(() => undefined);
      await client.end().catch(() => undefined);
      await delay(pauseMs);
    }
  };
  const running = run();
  return {
    get sampleCount() {
      return sampleCount;
    },
    violations,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}
