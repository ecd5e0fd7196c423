import { InvalidArgumentError, type Command } from '@commander-js/extra-typings';

import { jsonOption, perform, print } from './perform.ts';

/** `etl tax-rates …` and `etl exchange-rates …`: the rates that sales are judged by. */
export function addRateCommands(program: Command): void {
  const taxRates = program.command('tax-rates').description('look at tax rules, take in new ones');
  taxRates
    .command('list')
    .description('list the tax rules in force')
    .option('--country <code>', 'of this country only, as DE')
    .option('--on <day>', 'valid on this day only, as 2026-11-22', dayOption)
    .addOption(jsonOption())
    .action(async ({ country, on, json }) =>
      perform(json, async (context) => {
        const { listTaxRules } = await import('../rates/list-tax-rules.ts');
        print(await listTaxRules(context, { country, on, as: json ? 'json' : 'table' }));
      }),
    );
  taxRates
    .command('import')
    .description('take in the tax rules of a CSV file, all or none; rules that they take the place of stay, superseded')
    .argument('<file>', 'country,region,product_category,rate,is_inclusive,rounding_mode,…: see docs/RULES.md')
    .option('--dry-run', 'tell what would change, and change nothing', false)
    .addOption(jsonOption())
    .action(async (file, { dryRun, json }) => importFile('importTaxRules', file, dryRun, json));

  const exchangeRates = program.command('exchange-rates').description('look at exchange rates, take in new ones');
  exchangeRates
    .command('list')
    .description('list the last rate of each pair of currencies')
    .option('--currency <code>', 'of pairs with this currency only, as JPY')
    .option('--on <day>', 'the last ones published by this day, as 2026-11-22', dayOption)
    .addOption(jsonOption())
    .action(async ({ currency, on, json }) =>
      perform(json, async (context) => {
        const { listExchangeRates } = await import('../rates/list-exchange-rates.ts');
        print(await listExchangeRates(context, { currency, on, as: json ? 'json' : 'table' }));
      }),
    );
  exchangeRates
    .command('import')
    .description('take in the exchange rates of a CSV file, all or none; a rate that is there already is corrected')
    .argument('<file>', "the European Central Bank's eurofxref.csv or eurofxref-hist.csv, or one rate a line")
    .option('--dry-run', 'tell what would change, and change nothing', false)
    .addOption(jsonOption())
    .action(async (file, { dryRun, json }) => importFile('importExchangeRates', file, dryRun, json));
}

async function importFile(
  work: 'importTaxRules' | 'importExchangeRates',
  file: string,
  isDryRun: boolean,
  json: boolean,
): Promise<void> {
  await perform(json, async (context) => {
    const imports = await import('../rates/import-rates.ts');
    const { changeText } = await import('../rates/describe-changes.ts');
    const today = new Date().toISOString().slice(0, 10);
    const report = await imports[work](context, file, isDryRun, today);
    print(json ? JSON.stringify(report) : changeText(report));
  });
}

function dayOption(text: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return text;
  throw new InvalidArgumentError('expected a day, as 2026-11-22.');
}
