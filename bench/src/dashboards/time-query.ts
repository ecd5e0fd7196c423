import type { Client } from 'pg';

import { cpuDuring, type CpuMeter } from '../measure/server-cpu.ts';
import { spreadOf, type Spread } from '../measure/spread.ts';

/** How long a query takes, and how it gets there. */
export interface QueryTiming {
  readonly rows: number;
  /** From sending it to its last row, in milliseconds, warm. */
  readonly wallMs: Spread;
  /** CPU time of the server for one run, in milliseconds; null where it is out of sight. */
  readonly cpuMs: number | null;
  /** The answer of `explain (analyze, buffers, format json)`. */
  readonly plan: unknown;
}

const rounds = 5;

/** Runs a query once for its plan, which also warms it up, and then some times against the clock. */
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
