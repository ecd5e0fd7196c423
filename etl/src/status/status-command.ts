import { Option, type Command } from '@commander-js/extra-typings';
import { exitCode } from '@pulse/runtime';

import { UsageError } from '../failures/errors.ts';
import { wholeNumberOption } from '../program/option-values.ts';
import { jsonOption, perform, print } from '../program/perform.ts';

/** As reconcile has it: nothing failed, and yet somebody should look. */
const notWell = 1;

/** `etl status`. */
export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('show lag, freshness, the last batches, open incidents and the last reconciliation')
    .addOption(
      new Option('--watch [seconds]', 'again and again in the same place').argParser(wholeNumberOption).preset(2),
    )
    .option('--check', 'for monitors: end with 1 when no batch came in time or an incident is open')
    .addOption(jsonOption())
    .action(async ({ watch, check = false, json }) =>
      perform(json, async (context) => {
        if (watch !== undefined && json) throw new UsageError('--watch is for a terminal: leave --json out');
        if (watch !== undefined && check) throw new UsageError('--check looks once: leave --watch out');
        if (watch !== undefined) {
          const { watchStatus } = await import('./watch-status.ts');
          return watchStatus(context, Math.max(1, watch) * 1000);
        }
        const { readStatus } = await import('./read-status.ts');
        const status = await readStatus(context, new Date());
        if (status.kafkaError !== null) process.exitCode = exitCode.temporaryFailure;
        if (check && (status.schedule.isOverdue || status.incidents.length > 0)) process.exitCode = notWell;
        if (json) return print(JSON.stringify(status));
        const { showStatus } = await import('./show-status.ts');
        print(await showStatus(status));
      }),
    );
}
