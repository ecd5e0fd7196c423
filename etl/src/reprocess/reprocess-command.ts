import type { Command } from '@commander-js/extra-typings';

import { endOption, instantOption } from '../program/option-values.ts';
import { jsonOption, perform, print } from '../program/perform.ts';

/** `etl reprocess`: tax and base amounts by today's rates. */
export function addReprocessCommand(program: Command): void {
  program
    .command('reprocess')
    .description(
      'compute tax and base amounts of loaded sales again, by the rates recorded until now; fraud decisions stay',
    )
    .requiredOption('--from <time>', 'sales from this moment or UTC day on', instantOption)
    .requiredOption('--to <time>', 'sales before this moment, or up to and with this UTC day', endOption)
    .option('--dry-run', 'show what would change, and change nothing', false)
    .addOption(jsonOption())
    .action(async ({ from, to, dryRun, json }) =>
      perform(json, async (context) => {
        const { UsageError } = await import('../failures/errors.ts');
        if (from >= to) throw new UsageError('--from is not before --to: there is nothing between them');
        const { reprocess } = await import('./reprocess.ts');
        const { reprocessText } = await import('./report-text.ts');
        const report = await reprocess(context, { from, until: to }, dryRun);
        print(json ? JSON.stringify(report) : reprocessText(report));
      }),
    );
}
