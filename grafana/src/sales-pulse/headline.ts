import type { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';

import { baseAmountUnit, inBaseCurrency } from '../base-currency.ts';
import { comparedStat } from '../headline-stat.ts';
import { dayAgainstDayBefore } from '../sql/day-against-day-before.ts';
import { figureThresholds } from '../thresholds.ts';

const window =
  'Counts the 24 hours before the end of the time range, beside its change against the 24 hours before those. There is nothing to compare while sales have just begun, or where the figure was 0.';

/** The figures of the last 24 hours, each against the day before. */
export function headline(): StatBuilder[] {
  return [transactions(), revenue(), averageOrder(), tax(), flaggedRate()];
}

function transactions(): StatBuilder {
  return comparedStat({
    id: 1,
    title: 'Transactions, 24 h',
    description: `Number of transactions, each order once. ${window}`,
    unit: 'short',
    sql: dayAgainstDayBefore('coalesce(sum(transaction_count), 0)', 'Transactions'),
    thresholds: figureThresholds('red', { from: 1, color: 'green' }),
    noValue: '0',
  });
}

function revenue(): StatBuilder {
  return comparedStat({
    id: 2,
    title: inBaseCurrency('Revenue, 24 h'),
    description: `Sum of the prices in the base currency; tax that comes on top is not in it. ${window}`,
    unit: baseAmountUnit,
    sql: dayAgainstDayBefore('coalesce(sum(amount_base_sum), 0)', 'Revenue'),
    thresholds: figureThresholds('red', { from: 0.0001, color: 'green' }),
    noValue: '0',
  });
}

function averageOrder(): StatBuilder {
  return comparedStat({
    id: 3,
    title: inBaseCurrency('Average order, 24 h'),
    description: `Revenue in the base currency divided by the number of transactions. ${window}`,
    unit: baseAmountUnit,
    sql: dayAgainstDayBefore('sum(amount_base_sum) / nullif(sum(transaction_count), 0)', 'Average order'),
    thresholds: figureThresholds('blue'),
    noValue: 'no sales',
  });
}

function tax(): StatBuilder {
  return comparedStat({
    id: 4,
    title: inBaseCurrency('Tax collected, 24 h'),
    description: `Tax on all transactions, on top or included, converted to the base currency. ${window}`,
    unit: baseAmountUnit,
    sql: dayAgainstDayBefore('coalesce(sum(tax_base_sum), 0)', 'Tax'),
    thresholds: figureThresholds('blue'),
    noValue: '0',
  });
}

function flaggedRate(): StatBuilder {
  return comparedStat({
    id: 5,
    title: 'Flagged as fraud, 24 h',
    description: `Ratio of the transactions whose fraud score calls for a review to all: orange from 5 %, red from 10 %. ${window}`,
    unit: 'percentunit',
    sql: dayAgainstDayBefore('sum(flagged_count) / nullif(sum(transaction_count), 0)', 'Flagged rate'),
    thresholds: figureThresholds('green', { from: 0.05, color: 'orange' }, { from: 0.1, color: 'red' }),
    noValue: 'no sales',
  });
}
