import type { Command } from '@commander-js/extra-typings';

import { jsonOption, perform, print } from '../program/perform.ts';

/** `etl explain ORDER_ID`. */
export function addExplainCommand(program: Command): void {
  program
    .command('explain')
    .description(
      'how an order came to be what it is: record, batch, the arithmetic of each figure, fraud rules, rejects',
    )
    .argument('<order-id>', 'the order')
    .addOption(jsonOption())
    .action(async (orderId, { json }) =>
      perform(json, async (context) => {
        const { explainOrder } = await import('./explain-order.ts');
        print(await explainOrder(context, orderId, json));
      }),
    );
}
