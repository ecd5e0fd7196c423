import type { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';

import { headlineStat } from '../headline-stat.ts';
import { thresholds } from '../thresholds.ts';
import { chosenBatch, which } from './batch.ts';

interface CountDescription {
  readonly id: number;
  readonly title: string;
  readonly meaning: string;
  readonly column: string;
  /** Colour from 1 on. */
  readonly color: string;
}

/** What the batch read and what became of it. */
export function figures(): StatBuilder[] {
  return counts.map(({ id, title, meaning, column, color }) =>
    headlineStat({
      id,
      title,
      description: `${meaning} ${which}`,
      unit: 'short',
      sql: `select ${column} as "${title}"
from etl_batches
where batch_id = ${chosenBatch}`,
      thresholds: thresholds('text', { from: 1, color }),
      noValue: 'not yet',
    }),
  );
}

const counts: readonly CountDescription[] = [
  { id: 1, title: 'Read', meaning: 'Records read from Kafka.', column: 'read_count', color: 'blue' },
  { id: 2, title: 'Loaded', meaning: 'Records that became transactions.', column: 'loaded_count', color: 'green' },
  {
    id: 3,
    title: 'Duplicates',
    meaning: 'Records that repeat a transaction with the same content.',
    column: 'duplicate_count',
    color: 'yellow',
  },
  { id: 4, title: 'Rejected', meaning: 'Records put into quarantine.', column: 'rejected_count', color: 'red' },
  {
    id: 5,
    title: 'Flagged',
    meaning: 'Loaded transactions that the fraud rules flagged.',
    column: 'flagged_count',
    color: 'orange',
  },
  {
    id: 6,
    title: 'Retries',
    meaning: 'Runs of steps beyond the four that a batch needs.',
    column: 'greatest(attempt_count - 4, 0)',
    color: 'orange',
  },
];
