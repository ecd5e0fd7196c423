import type { Command } from '@commander-js/extra-typings';
import { Option } from '@commander-js/extra-typings';

import type { RejectedFilter } from './rejected-filter-queries.ts';
import {
  instantOption,
  listOption,
  numberArgument,
  offsetOption,
  wholeNumberOption,
} from '../program/option-values.ts';
import { jsonOption, perform, print } from '../program/perform.ts';

/** `etl rejected …`: the quarantine. */
export function addRejectedCommands(program: Command): void {
  const rejected = program.command('rejected').description('list rejected records, replay them, discard them');
  addLooks(rejected);
  addDecisions(rejected);
}

function addLooks(rejected: Command): void {
  withFilters(rejected.command('list').description('list rejected records, newest first, and count their reasons'))
    .addOption(
      new Option('--status <status>', 'in this state')
        .choices(['open', 'replayed', 'discarded', 'any'])
        .default('open'),
    )
    .addOption(limitOption(20))
    .action(async (options) =>
      perform(options.json, async (context) => {
        const { listText } = await import('./list-rejected.ts');
        const status = options.status === 'any' ? undefined : options.status;
        print(await listText(context, { ...filterOf(options), status }, options.limit, options.json));
      }),
    );

  rejected
    .command('show')
    .description('show one rejected record: its bytes, its findings, its replays')
    .argument('<id>', 'its number', numberArgument)
    .addOption(jsonOption())
    .action(async (rejectedId, { json }) =>
      perform(json, async (context) => {
        const { showText } = await import('./show-rejected.ts');
        print(await showText(context, rejectedId, json));
      }),
    );

  rejected
    .command('publish')
    .description('publish rejected records that the dead-letter topic does not have yet; every batch does so, too')
    .addOption(jsonOption())
    .action(async ({ json }) =>
      perform(json, async (context) => {
        const { publishDeadLetters } = await import('../dead-letters/publish-dead-letters.ts');
        const published = await publishDeadLetters(context);
        print(json ? JSON.stringify({ published }) : `${published} records published`);
      }),
    );
}

function addDecisions(rejected: Command): void {
  withFilters(
    rejected.command('replay').description('process open records again, with the code and the rates of today'),
  )
    .option('--batch <id>', 'the replay; the same id always means the same records (a new one by default)')
    .option('--all', 'every open record: needed where no filter is given', false)
    .option('--dry-run', 'show what would become of them, and change nothing', false)
    .addOption(limitOption(1_000_000))
    .action(async (options) =>
      perform(options.json, async (context) => {
        const { replayCommand } = await import('./replay-command.ts');
        await replayCommand(context, { ...options, filter: filterOf(options) }, print);
      }),
    );

  withFilters(rejected.command('discard').description('discard open records on purpose; they stay in the table'))
    .requiredOption('--reason <text>', 'the reason, which stays with the records')
    .option('--all', 'every open record: needed where no filter is given', false)
    .option('--dry-run', 'show how many there are, and change nothing', false)
    .addOption(limitOption(1_000_000))
    .action(async (options) =>
      perform(options.json, async (context) => {
        const { discardCommand } = await import('./discard-rejected.ts');
        print(await discardCommand(context, { ...options, filter: filterOf(options) }));
      }),
    );
}

function withFilters<Arguments extends unknown[], Options extends Record<string, unknown>>(
  command: Command<Arguments, Options>,
) {
  return command
    .option('--id <numbers>', 'these records, with commas between', listOption(numberArgument))
    .option('--reason-code <codes>', 'rejected for one of these, with commas between', listOption(String))
    .option('--since <time>', 'rejected since: RFC 3339, or back from now as 90m, 24h, 7d', instantOption)
    .option('--until <time>', 'rejected before, given alike', instantOption)
    .option('--topic <name>', 'of this topic')
    .option('--partition <number>', 'of this partition', wholeNumberOption)
    .option('--offset <number>', 'at this offset', offsetOption)
    .option('--order-id <id>', 'of this order')
    .option('--from-batch <id>', 'read by this batch')
    .addOption(jsonOption());
}

function limitOption(initial: number) {
  return new Option('--limit <number>', 'at most this number').argParser(wholeNumberOption).default(initial);
}

interface FilterOptions {
  readonly id?: readonly number[] | undefined;
  readonly reasonCode?: readonly string[] | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  readonly topic?: string | undefined;
  readonly partition?: number | undefined;
  readonly offset?: bigint | undefined;
  readonly orderId?: string | undefined;
  readonly fromBatch?: string | undefined;
}

function filterOf(options: FilterOptions): RejectedFilter {
  const { id, reasonCode, since, until, topic, partition, offset, orderId, fromBatch } = options;
  return { rejectedIds: id, reasons: reasonCode, since, until, topic, partition, offset, orderId, batchId: fromBatch };
}
