import type { Command } from '@commander-js/extra-typings';

import { jsonOption, perform, print } from '../program/perform.ts';

/** `etl maintain`. */
export function addMaintainCommand(program: Command): void {
  program
    .command('maintain')
    .description('remove what is kept for a time only: old staging, raw bytes of resolved rejects, ledger detail')
    .addOption(jsonOption())
    .action(async ({ json }) =>
      perform(json, async (context) => {
        const { maintain } = await import('./maintain.ts');
        const done = await maintain(context, new Date());
        const message = `${done.staging_folders} staged batches, ${done.raw_values} raw values, ${done.batches} batches without records, ${done.reconciliations} old reconciliations removed`;
        print(json ? JSON.stringify(done) : message);
      }),
    );
}
