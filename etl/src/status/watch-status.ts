import { setTimeout as delay } from 'node:timers/promises';

import type { Context } from '../program/context.ts';
import { fitRows } from './fit-rows.ts';
import { readStatus } from './read-status.ts';
import { showStatus } from './show-status.ts';
import { timeText } from '../program/table.ts';
import { errorMessageOf } from '../failures/error-chain.ts';
import { failureKind } from '../program/failure-kind.ts';

/**
 * Shows the status again and again in the same place of the terminal, until a signal ends the process. While Kafka or the warehouse
 * is away, it shows that and goes on.
 */
export async function watchStatus(context: Context, everyMs: number): Promise<never> {
  const { createLogUpdate } = await import('log-update');
  const screen = createLogUpdate(process.stdout, { showCursor: false });
  try {
    for (;;) {
      // Three rows go to what is below. log-update itself would cut at the top, where lag and freshness stand.
      const { rows = 24, columns = 80 } = process.stdout as Partial<typeof process.stdout>;
      const text = fitRows(await statusText(context), { rows: rows - 3, columns });
      screen(`${text}\n\n${timeText(new Date())}, every ${everyMs / 1000} s; Ctrl-C ends it`);
      await delay(everyMs);
    }
  } finally {
    screen.done();
  }
}

async function statusText(context: Context): Promise<string> {
  try {
    return await showStatus(await readStatus(context, new Date()));
  } catch (error) {
    if (failureKind(error) !== 'temporary') throw error;
    return `no status for now: ${errorMessageOf(error)}`;
  }
}
