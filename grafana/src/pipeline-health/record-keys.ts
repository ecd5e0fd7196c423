import type { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';

import { headlineStat } from '../headline-stat.ts';
import { figureThresholds } from '../thresholds.ts';

/** How records were keyed in the time range: only the customer's id keeps all records of a customer in order. */
export function recordKeys(): StatBuilder[] {
  return [otherKeys(), noKeys(), scatteredCustomers()];
}

const loadedInRange = `from etl_batches
where state = 'loaded'
  and $__timeFilter(loaded_at)`;

function otherKeys(): StatBuilder {
  return headlineStat({
    id: 25,
    title: 'Keyed by something else',
    description:
      "Valid records of the batches loaded in the time range whose key in Kafka is not their customer's id, those without a key among them: orange from 1. Such records of a customer may be in several partitions. Within a batch they are then taken by their time in Kafka, across batches as they come.",
    unit: 'short',
    sql: `select sum(other_key_count) as "Other keys"
${loadedInRange}`,
    thresholds: figureThresholds('green', { from: 1, color: 'orange' }),
    noValue: 'no batch',
  });
}

function noKeys(): StatBuilder {
  return headlineStat({
    id: 26,
    title: 'Without a key',
    description: 'Valid records of the batches loaded in the time range that have no key in Kafka: orange from 1.',
    unit: 'short',
    sql: `select sum(no_key_count) as "No key"
${loadedInRange}`,
    thresholds: figureThresholds('green', { from: 1, color: 'orange' }),
    noValue: 'no batch',
  });
}

function scatteredCustomers(): StatBuilder {
  return headlineStat({
    id: 27,
    title: 'Scattered customers',
    description:
      'Customers who had records in several partitions of one batch: of the batch loaded in the time range that had most. Orange from 1. Keys, another partitioner or more partitions than before cause it; the runbook says what to do.',
    unit: 'short',
    sql: `select max(scattered_customer_count) as "Customers"
${loadedInRange}`,
    thresholds: figureThresholds('green', { from: 1, color: 'orange' }),
    noValue: 'no batch',
  });
}
