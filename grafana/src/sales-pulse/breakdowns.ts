import type { PanelBuilder as BarchartBuilder } from '@grafana/grafana-foundation-sdk/barchart';
import type { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';

import { barsPanel } from '../bars-panel.ts';
import { baseAmountUnit, inBaseCurrency } from '../base-currency.ts';
import { baseMoneyText, moneyText } from '../sql/money.ts';
import { salesInRange } from '../sql/sales-between.ts';
import { chosenSales, countryName } from '../sql/sales-filter.ts';
import { inUnit, money, tablePanel } from '../table-panel.ts';

interface BarsDescription {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly color: string;
  /** What is a bar: an expression over the roll-up of sales, and its name. */
  readonly expression: string;
  readonly name: string;
}

const size = { width: 12, height: 9 };

/** The most bars that can still be read. */
const barsMax = 15;

/** Revenue of the time range, taken apart. */
export function breakdowns(): (BarchartBuilder | TableBuilder)[] {
  return [
    revenueBars({
      id: 9,
      title: inBaseCurrency('Revenue by category'),
      description: `Prices in the base currency by product category, in the time range: the ${barsMax} largest.`,
      color: 'green',
      expression: 'product_category',
      name: 'Category',
    }),
    revenueBars({
      id: 10,
      title: inBaseCurrency('Revenue by country'),
      description: `Prices in the base currency by country of the sale (unknown where the message names none), in the time range: the ${barsMax} largest.`,
      color: 'blue',
      expression: countryName,
      name: 'Country',
    }),
    byCurrency(),
  ];
}

function revenueBars({ expression, name, color, ...description }: BarsDescription): BarchartBuilder {
  return barsPanel({
    ...description,
    ...size,
    unit: baseAmountUnit,
    sql: `select
  ${expression} as "${name}",
  sum(amount_base_sum) as "Revenue"
from ${salesInRange}
where ${chosenSales}
group by 1
order by "Revenue" desc, 1
limit ${barsMax}`,
    color,
    xField: name,
    noValue: 'no sales',
  });
}

function byCurrency(): TableBuilder {
  return tablePanel({
    id: 11,
    title: inBaseCurrency('Sales by currency, converted'),
    description:
      'Sales in the time range by currency: prices and tax in that currency, and the prices converted to the base currency, with their ratio to all of them.',
    width: 24,
    height: 8,
    sql: `select
  currency as "Currency",
  sum(transaction_count) as "Transactions",
  ${moneyText('sum(amount_sum)', 'currency')} as "Own currency",
  ${moneyText('sum(tax_sum)', 'currency')} as "Tax, own currency",
  ${baseMoneyText('sum(amount_base_sum)')} as "Base currency",
  sum(amount_base_sum) / nullif(sum(sum(amount_base_sum)) over (), 0) as "Of all"
from ${salesInRange}
where ${chosenSales}
group by currency
order by sum(amount_base_sum) desc, currency`,
    columns: {
      'Own currency': money,
      'Tax, own currency': money,
      'Base currency': money,
      'Of all': [...inUnit('percentunit'), { id: 'decimals', value: 1 }],
    },
    noValue: 'no sales',
  });
}
