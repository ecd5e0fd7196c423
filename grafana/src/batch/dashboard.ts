import { VariableHide, type Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { dashboardUids } from '../dashboard-links.ts';
import { pulseDashboard } from '../pulse-dashboard.ts';
import { salesVariables } from '../sales-variable.ts';
import { airflowVariableName, developmentAirflowUrl } from '../airflow-url.ts';
import { constantVariable, textVariable } from '../text-variable.ts';
import { figures } from './figures.ts';
import { tables } from './tables.ts';

/** One batch: what it read, what became of it, how long it took and what went wrong. */
export function batch(): Dashboard {
  const dashboard = pulseDashboard({
    uid: dashboardUids.batch,
    title: 'Batch',
    description:
      'One batch in full: its ranges, counts, timings, rejects and its run in Airflow. Batch ids in the tables of the other dashboards lead here. Times are UTC.',
    tags: ['pipeline'],
    from: 'now-6h',
  }).variables([
    textVariable('batch', 'Batch', 'Id of a batch; empty: the newest that read something.'),
    constantVariable(airflowVariableName, 'Address of Airflow, for the link to the run.', developmentAirflowUrl),
    ...salesVariables(VariableHide.HideVariable),
  ]);
  for (const panel of [...figures(), ...tables()]) dashboard.withPanel(panel);
  return dashboard.build();
}
