import type { Client } from 'pg';

import { cpuDuring, type CpuMeter } from '../measure/server-cpu.ts';
import { spreadOf, type Spread } from '../measure/spread.ts';

/** The time of a query, and its plan. */
export interface QueryTiming {
  readonly rows: number;
  /** From sending it to its last row, in milliseconds, warm. */
  readonly wallMs: Spread;
  /** CPU time of the server for one run, in milliseconds; null if it can not be measured. */
  readonly cpuMs: number | null;
  /** The answer of `explain (analyze, buffers, format json)`. */
  readonly plan: unknown;
}

const rounds = 5;

/** Runs a query once for its plan, which is also the warm-up, then measures it several times. */
export async function timeQuery(client: Client, sql: string, meter: CpuMeter): Promise<QueryTiming> {
  const { rows: explained } = await client.query<Record<string, unknown>>(
    `explain (analyze, buffers, format json) ${sql}`,
  );
  let rows = 0;
  const wallMs: number[] = [];
  const { cpuMs } = await cpuDuring(meter, async () => {
    for (let round = 0; round < rounds; round += 1) {
      const startedMs = performance.now();
      const result = await client.query(sql);
      wallMs.push(performance.now() - startedMs);
      rows = result.rows.length;
    }
  });
  return {
    rows,
    wallMs: spreadOf(wallMs),
    cpuMs: cpuMs === null ? null : cpuMs / rounds,
    plan: explained[0]?.['QUERY PLAN'],
  };
}
