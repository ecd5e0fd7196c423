import type { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';

import { ageStat } from '../age-stat.ts';
import { headlineStat } from '../headline-stat.ts';
import { sinceLastLoadStat } from '../since-last-load-stat.ts';
import { newestSaleAge, partitionLag, salesLateAfter, salesMissingAfter, stagingFree } from '../sql/ledger.ts';
import { allowanceText } from '../sql/schedule.ts';
import { figureThresholds } from '../thresholds.ts';

/** What an operator looks at first: is it running, is it keeping up, is anything wrong. */
export function headline(): StatBuilder[] {
  return [sinceLastLoadStat(1), newestSale(), lag(), rejectRate(), openIncidents(), free()];
}

function newestSale(): StatBuilder {
  return ageStat({
    id: 2,
    title: 'Age of the newest sale',
    description: `Time since the newest sale that is loaded took place, whatever time range is chosen; the sales of the first load count as of it. It also grows when nothing is sold: orange from ${allowanceText(salesLateAfter)}; red from ${allowanceText(salesMissingAfter)}.`,
    age: newestSaleAge,
    orangeFrom: salesLateAfter,
    redFrom: salesMissingAfter,
    noValue: 'no sale yet',
  });
}

function lag(): StatBuilder {
  return headlineStat({
    id: 3,
    title: 'Lag',
    description:
      'Messages in Kafka that were not loaded yet when a batch was last planned, whatever time range is chosen; the table of partitions shows how old that is. Orange from 10,000, red from 1,000,000, which is a batch at its cap (ETL_BATCH_MAX_MESSAGES).',
    unit: 'short',
    sql: `with partitions as (
${partitionLag}
)
select sum(lag) as "Lag"
from partitions`,
    thresholds: figureThresholds('green', { from: 10_000, color: 'orange' }, { from: 1_000_000, color: 'red' }),
    noValue: 'not known yet',
  });
}

function rejectRate(): StatBuilder {
  return headlineStat({
    id: 4,
    title: 'Rejected',
    description:
      'Ratio of the records that went into quarantine to those read in the time range: orange from 2 %, red from 5 %. The reasons are below.',
    unit: 'percentunit',
    sql: `select sum(rejected_count) / nullif(sum(read_count), 0) as "Rejected"
from etl_batches
where state = 'loaded'
  and $__timeFilter(loaded_at)`,
    thresholds: figureThresholds('green', { from: 0.02, color: 'orange' }, { from: 0.05, color: 'red' }),
    noValue: 'nothing read',
  });
}

function openIncidents(): StatBuilder {
  return headlineStat({
    id: 5,
    title: 'Open incidents',
    description:
      'Integrity stops without a decision yet, whatever time range is chosen. While one is open the pipeline loads nothing.',
    unit: 'short',
    sql: `select count(*) as "Open incidents"
from etl_incidents
where resolved_at is null`,
    thresholds: figureThresholds('green', { from: 1, color: 'red' }),
    noValue: '0',
  });
}

function free(): StatBuilder {
  return headlineStat({
    id: 6,
    title: 'Staging area, free',
    description:
      'Free space of the disk of the staging area when a batch was last planned, whatever time range is chosen. A batch of a million messages takes about 0.7 GB while it is under way: red below 2 GB, orange below 5 GB.',
    unit: 'decbytes',
    sql: stagingFree,
    thresholds: figureThresholds('red', { from: 2e9, color: 'orange' }, { from: 5e9, color: 'green' }),
    noValue: 'not known yet',
  });
}
