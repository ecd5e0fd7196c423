import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { baseCurrencyVariable } from '../base-currency.ts';
import { dashboardUids } from '../dashboard-links.ts';
import { pulseDashboard } from '../pulse-dashboard.ts';
import { salesVariables } from '../sales-variable.ts';
import { textVariable } from '../text-variable.ts';
import { breakdowns } from './breakdowns.ts';
import { customerStory } from './customer-story.ts';
import { headline } from './headline.ts';
import { labelFigures, labelTables } from './labels.ts';
import { tables } from './tables.ts';

/** What the fraud rules flag, how well, and one customer's story. */
export function fraud(): Dashboard {
  const dashboard = pulseDashboard({
    uid: dashboardUids.fraud,
    title: 'Fraud',
    description:
      "What the fraud rules flag, by time, rule and decision, how that compares with known fraud, and one customer's story. Amounts are in the base currency unless a column names another one. Times are UTC.",
    tags: ['fraud'],
    from: 'now-24h',
  }).variables([
    ...salesVariables(),
    baseCurrencyVariable(),
    textVariable('customer', 'Customer', "Whose story is told below; empty: the newest alert's customer."),
  ]);
  const panels = [...headline(), ...labelFigures(), ...breakdowns(), ...labelTables(), ...tables(), ...customerStory()];
  for (const panel of panels) dashboard.withPanel(panel);
  return dashboard.build();
}
