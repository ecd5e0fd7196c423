import type { Command } from '@commander-js/extra-typings';

import { instantOption } from '../program/option-values.ts';
import { jsonOption, perform, print } from '../program/perform.ts';

/** `etl reconcile`: exit code 1 means that something does not add up. */
export function addReconcileCommand(program: Command): void {
  program
    .command('reconcile')
    .description('check the warehouse against its own rules; ends with 1 and names each difference')
    .option('--since <time>', 'only what was loaded since: RFC 3339, or back from now as 90m, 24h, 7d', instantOption)
    .option('--deep', 'also read Kafka again and compare content', false)
    .addOption(jsonOption())
    .action(async ({ since, deep, json }) =>
      perform(json, async (context) => {
        const { reconcile } = await import('./reconcile.ts');
        const { describeReconciliation, reconciliationLine } = await import('./show-reconciliation.ts');
        const result = await reconcile(context, { since: since ?? null, isDeep: deep });
        print(json ? reconciliationLine(result) : describeReconciliation(result));
        if (result.differenceCount > 0) process.exitCode = 1;
      }),
    );
}
