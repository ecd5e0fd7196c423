import { Option, type Command } from '@commander-js/extra-typings';

import { endOption, instantOption, numberArgument } from '../program/option-values.ts';
import { jsonOption, perform, print } from '../program/perform.ts';

/** `etl fraud …`: rule sets, lists, and how good the rules are. */
export function addFraudCommands(program: Command): void {
  const fraud = program.command('fraud').description('rule sets, allow and block lists, and how good the rules are');
  addRuleSetCommands(fraud.command('rules').description('list, import and switch rule sets'));
  addListCommands(fraud);
  addMeasureCommands(fraud);
}

function addMeasureCommands(fraud: Command): void {
  fraud
    .command('evaluate')
    .description('read the labels of known fraud and measure the rules by them')
    .option('--since <time>', 'sales from then on, by event time: a time, a UTC day, or a span as 7d', instantOption)
    .addOption(jsonOption())
    .action(async ({ since, json }) =>
      perform(json, async (context) => {
        const { evaluateFraud, showEvaluation } = await import('./quality/evaluate-fraud.ts');
        const evaluation = await evaluateFraud(context, since ?? instantOption('7d'));
        print(json ? JSON.stringify(evaluation) : showEvaluation(evaluation));
      }),
    );
  fraud
    .command('backtest')
    .description('evaluate stored sales again by a draft and by the live set, and show the difference; changes nothing')
    .requiredOption('--rules <file>', 'the draft: a rule set as JSON')
    .requiredOption(
      '--since <time>',
      'sales from then on, by event time: a time, a UTC day, or a span as 7d',
      instantOption,
    )
    .option('--until <time>', 'sales before then, or up to and with this UTC day', endOption)
    .addOption(jsonOption())
    .action(async ({ rules, since, until = null, json }) =>
      perform(json, async (context) => {
        const { backtestFraud } = await import('./backtest/backtest-fraud.ts');
        const { showBacktest } = await import('./backtest/show-backtest.ts');
        const backtest = await backtestFraud(context, rules, { since, until });
        print(json ? JSON.stringify(backtest) : showBacktest(backtest));
      }),
    );
}

const statusOption = () =>
  new Option('--as <status>', 'live decides; shadow evaluates beside it and only records; stored does neither').choices(
    ['live', 'shadow', 'stored'],
  );

function addRuleSetCommands(rules: Command): void {
  rules
    .command('list')
    .description('list the stored rule sets')
    .addOption(jsonOption())
    .action(async ({ json }) =>
      perform(json, async (context) => {
        const { ruleSetsText } = await import('./rule-sets/rule-sets.ts');
        print(await ruleSetsText(context, json));
      }),
    );
  rules
    .command('show')
    .description('print a rule set as JSON: what import reads')
    .argument('<version>')
    .addOption(jsonOption())
    .action(async (version, { json }) =>
      perform(json, async (context) => {
        const { ruleSetText } = await import('./rule-sets/rule-sets.ts');
        print(await ruleSetText(context, version, json));
      }),
    );
  rules
    .command('import')
    .description('check a rule set and store it; batches that are planned from then on use it')
    .argument('<file>')
    .addOption(statusOption().default('stored'))
    .addOption(jsonOption())
    .action(async (file, options) =>
      perform(options.json, async (context) => {
        const { importRuleSet } = await import('./rule-sets/rule-sets.ts');
        print(await importRuleSet(context, file, options.as, options.json));
      }),
    );
  rules
    .command('use')
    .description('make a stored rule set live or shadow, or neither')
    .argument('<version>')
    .addOption(statusOption().makeOptionMandatory())
    .addOption(jsonOption())
    .action(async (version, options) =>
      perform(options.json, async (context) => {
        const { useRuleSet } = await import('./rule-sets/rule-sets.ts');
        print(await useRuleSet(context, version, options.as ?? 'stored', options.json));
      }),
    );
}

const entryHelp = {
  allow: "a customer's sales are clear, whatever the rules find",
  block: "a customer's sales are blocked",
} as const;

function addListCommands(fraud: Command): void {
  for (const list of ['allow', 'block'] as const) {
    fraud
      .command(list)
      .description(entryHelp[list])
      .requiredOption('--customer <id>', 'the customer')
      .option('--until <time>', 'for sales before then: a time, a UTC day, or a span from now as 30d', untilOption)
      .option('--reason <text>', 'the reason, which stays with the records', '')
      .addOption(jsonOption())
      .action(async ({ customer, until, reason, json }) =>
        perform(json, async (context) => {
          const { addEntry } = await import('./lists/fraud-lists.ts');
          print(await addEntry(context, { list, customerId: customer, validUntil: until ?? null, reason }, json));
        }),
      );
  }
  fraud
    .command('list')
    .description('list the entries of both lists that are in force')
    .addOption(jsonOption())
    .action(async ({ json }) =>
      perform(json, async (context) => {
        const { entriesText } = await import('./lists/fraud-lists.ts');
        print(await entriesText(context, json));
      }),
    );
  fraud
    .command('remove')
    .description('end an entry of a list')
    .argument('<entry>', 'its number', numberArgument)
    .addOption(jsonOption())
    .action(async (entryId, { json }) =>
      perform(json, async (context) => {
        const { removeEntry } = await import('./lists/fraud-lists.ts');
        print(await removeEntry(context, entryId, json));
      }),
    );
}

/** As `instantOption`, but a span reaches forward from now. */
function untilOption(text: string): Date {
  const time = instantOption(text);
  return /^\d+[smhd]$/.test(text) ? new Date(2 * Date.now() - time.getTime()) : time;
}
