import { VariableHide, type Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { dashboardUids } from '../dashboard-links.ts';
import { pulseDashboard } from '../pulse-dashboard.ts';
import { salesVariables } from '../sales-variable.ts';
import { scheduleVariable } from '../schedule-variable.ts';
import { batchesOverTime } from './batches-over-time.ts';
import { headline } from './headline.ts';
import { recordKeys } from './record-keys.ts';
import { burnOverTime, burnRate, freshness, freshnessOverTime, levels } from './service-levels.ts';
import { records, standing } from './tables.ts';
import { trouble } from './trouble.ts';

/** How the pipeline itself does, from the ledger that it keeps: whether it runs, keeps up and loses nothing. */
export function pipelineHealth(): Dashboard {
  const dashboard = pulseDashboard({
    uid: dashboardUids.pipelineHealth,
    title: 'Pipeline Health',
    description:
      "Whether sales are fresh, what batches do and what went wrong, all of it from the pipeline's own ledger in the warehouse. Times are UTC.",
    tags: ['pipeline'],
    from: 'now-6h',
  }).variables([...salesVariables(VariableHide.HideVariable), scheduleVariable()]);
  const panels = [
    ...headline(),
    freshness(),
    burnRate(),
    ...trouble(),
    ...recordKeys(),
    levels(),
    freshnessOverTime(),
    burnOverTime(),
    ...batchesOverTime(),
    ...standing(),
    ...records(),
  ];
  for (const panel of panels) dashboard.withPanel(panel);
  return dashboard.build();
}
