import type { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

import { baseAmountUnit, inBaseCurrency } from '../base-currency.ts';
import { linesPanel } from '../graph-panel.ts';
import { perMinute } from '../sql/per-minute.ts';

interface RateDescription {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly color: string;
  /** Sum over the roll-up of sales, and the name of its series. */
  readonly sum: string;
  readonly name: string;
}

const averaged =
  'By the time of the sale. Each point is the average of its interval, which is a whole hour or more where the range is longer than 25 hours.';

/** What is sold, minute by minute. */
export function rates(): TimeseriesBuilder[] {
  return [
    rate({
      id: 7,
      title: 'Transactions a minute',
      description: `Number of transactions a minute. ${averaged}`,
      unit: 'short',
      color: 'blue',
      sum: 'sum(transaction_count)',
      name: 'Transactions',
    }),
    rate({
      id: 8,
      title: inBaseCurrency('Revenue a minute'),
      description: `Prices in the base currency, without tax on top, a minute. ${averaged}`,
      unit: baseAmountUnit,
      color: 'green',
      sum: 'sum(amount_base_sum)',
      name: 'Revenue',
    }),
  ];
}

function rate({ sum, name, color, ...description }: RateDescription): TimeseriesBuilder {
  return linesPanel({
    ...description,
    width: 12,
    height: 8,
    sql: perMinute(sum, name),
    series: { [name]: color },
    interval: '1m',
  });
}
