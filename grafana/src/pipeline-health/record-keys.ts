import type { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';

import { headlineStat } from '../headline-stat.ts';
import { figureThresholds } from '../thresholds.ts';

interface KeyFigure {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  /** An aggregate over the batches of the time range, and its name. */
  readonly aggregate: string;
  readonly name: string;
}

/** How records were keyed in the time range: only the customer's id keeps all records of a customer in order. */
export function recordKeys(): StatBuilder[] {
  return figures.map(({ aggregate, name, ...figure }) =>
    headlineStat({
      ...figure,
      unit: 'short',
      sql: `select ${aggregate} as "${name}"
from etl_batches
where state = 'loaded'
  and $__timeFilter(loaded_at)`,
      thresholds: figureThresholds('green', { from: 1, color: 'orange' }),
      noValue: 'no batch',
    }),
  );
}

const figures: readonly KeyFigure[] = [
  {
    id: 25,
    title: 'Keyed by something else',
    description:
      "Valid records of the batches loaded in the time range whose key in Kafka is not their customer's id, or that have no key: orange from 1. A customer's records may then be in several partitions. Within a batch they are loaded by their time in Kafka, across batches in the order of arrival.",
    aggregate: 'sum(other_key_count)',
    name: 'Other keys',
  },
  {
    id: 26,
    title: 'Without a key',
    description: 'Valid records of the batches loaded in the time range that have no key in Kafka: orange from 1.',
    aggregate: 'sum(no_key_count)',
    name: 'No key',
  },
  {
    id: 27,
    title: 'Scattered customers',
    description:
      'Customers with records in several partitions of one batch: the highest number of the batches loaded in the time range. Orange from 1. The causes are other keys, another partitioner, or partitions that were added; the runbook explains what to do.',
    aggregate: 'max(scattered_customer_count)',
    name: 'Customers',
  },
];
