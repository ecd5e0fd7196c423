import { InvalidArgumentError, type Command } from '@commander-js/extra-typings';

import { operatorOf } from '../program/operator.ts';
import { dayOption } from '../program/option-values.ts';
import { jsonOption, perform, print } from '../program/perform.ts';

/** `etl tax-rates …` and `etl exchange-rates …`: the rates that transactions are priced by. */
export function addRateCommands(program: Command): void {
  const taxRates = program.command('tax-rates').description('list tax rules, import new ones');
  taxRates
    .command('list')
    .description('list the tax rules in force')
    .option('--country <code>', 'of this country only, as DE')
    .option('--on <day>', 'valid on this day only, as 2026-11-22', dayOption)
    .option('--unverified', 'only those that nobody has verified', false)
    .addOption(jsonOption())
    .action(async ({ country, on, unverified, json }) =>
      perform(json, async (context) => {
        const { listTaxRules } = await import('./list-tax-rules.ts');
        print(await listTaxRules(context, { country, on, isOnlyUnverified: unverified, as: json ? 'json' : 'table' }));
      }),
    );
  addVerifyCommand(taxRates);
  taxRates
    .command('import')
    .description('import the tax rules of a CSV file, all or none; rules that they replace stay, superseded')
    .argument('<file>', 'country,region,product_category,rate,is_inclusive,rounding_mode,…: see docs/RULES.md')
    .option('--dry-run', 'show what would change, and change nothing', false)
    .addOption(jsonOption())
    .action(async (file, { dryRun, json }) => importFile('importTaxRules', file, dryRun, json));

  const exchangeRates = program.command('exchange-rates').description('list exchange rates, import new ones');
  exchangeRates
    .command('list')
    .description('list the last rate of each pair of currencies')
    .option('--currency <code>', 'of pairs with this currency only, as JPY')
    .option('--on <day>', 'the last ones published by this day, as 2026-11-22', dayOption)
    .addOption(jsonOption())
    .action(async ({ currency, on, json }) =>
      perform(json, async (context) => {
        const { listExchangeRates } = await import('./list-exchange-rates.ts');
        print(await listExchangeRates(context, { currency, on, as: json ? 'json' : 'table' }));
      }),
    );
  exchangeRates
    .command('import')
    .description('import the exchange rates of a CSV file, all or none; a rate that is there already is corrected')
    .argument('<file>', "the European Central Bank's eurofxref.csv or eurofxref-hist.csv, or one rate a line")
    .option('--dry-run', 'show what would change, and change nothing', false)
    .addOption(jsonOption())
    .action(async (file, { dryRun, json }) => importFile('importExchangeRates', file, dryRun, json));
}

/** `etl tax-rates verify`: an operator's word for a rate, on record. */
function addVerifyCommand(taxRates: Command): void {
  taxRates
    .command('verify')
    .description('record that a tax rate in force is right: who confirms it, why, and by what source')
    .requiredOption('--country <code>', 'the country, as KZ')
    .option('--region <code>', 'the rule of this region; else the one of any region', '*')
    .option('--category <name>', 'the rule of this category; else the one of any category', '*')
    .requiredOption(
      '--rate <fraction>',
      'the rate that is right, as 0.16: rules with another one stay as they are',
      rateOption,
    )
    .option('--from <day>', 'only from this day on, as 2026-01-01', dayOption)
    .option('--to <day>', 'only before this day', dayOption)
    .requiredOption(
      '--source <text>',
      'the source, as a law with its date; it becomes the source of the rule',
      textOption,
    )
    .requiredOption('--reason <text>', 'why you hold it verified; it is kept with the rule', textOption)
    .option('--by <name>', 'who verifies it (the account that runs this)', textOption)
    .option('--dry-run', 'show what would change, and change nothing', false)
    .addOption(jsonOption())
    .action(async ({ dryRun, json, category: productCategory, by, ...named }) =>
      perform(json, async (context) => {
        const { verifyTaxRules } = await import('./verify-tax-rules.ts');
        const { changeText } = await import('./describe-changes.ts');
        const { country, region, rate, from, to, source, reason } = named;
        const verifier = by ?? operatorOf(context.config);
        const verification = { country, region, productCategory, rate, from, to, source, reason, by: verifier };
        const report = await verifyTaxRules(context, verification, dryRun, today());
        print(json ? JSON.stringify(report) : changeText(report));
      }),
    );
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

async function importFile(
  work: 'importTaxRules' | 'importExchangeRates',
  file: string,
  isDryRun: boolean,
  json: boolean,
): Promise<void> {
  await perform(json, async (context) => {
    const imports = await import('./import-rates.ts');
    const { changeText } = await import('./describe-changes.ts');
    const report = await imports[work](context, file, isDryRun, today());
    print(json ? JSON.stringify(report) : changeText(report));
  });
}

function rateOption(text: string): string {
  if (/^0(\.\d{1,6})?$/.test(text)) return text;
  throw new InvalidArgumentError('expected a fraction, as 0.16 for 16 %.');
}

function textOption(text: string): string {
  if (text.trim() !== '') return text.trim();
  throw new InvalidArgumentError('it must not be empty.');
}
