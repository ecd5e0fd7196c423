import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { baseCurrencyVariable } from '../base-currency.ts';
import { dashboardUids } from '../dashboard-links.ts';
import { pulseDashboard } from '../pulse-dashboard.ts';
import { salesVariables } from '../sales-variable.ts';
import { textVariable } from '../text-variable.ts';
import { breakdowns } from './breakdowns.ts';
import { customerPanels } from './customer.ts';
import { headline } from './headline.ts';
import { labelFigures, labelTables } from './labels.ts';
import { tables } from './tables.ts';

/** What the fraud rules flag, how well, and all about one customer. */
export function fraud(): Dashboard {
  const dashboard = pulseDashboard({
    uid: dashboardUids.fraud,
    title: 'Fraud',
    description:
      'What the fraud rules flag, by time, rule and decision, how that compares with known fraud, and the profile, alerts and transactions of one customer. Amounts are in the base currency unless a column names another one. Times are UTC.',
    tags: ['fraud'],
    from: 'now-24h',
  }).variables([
    ...salesVariables(),
    baseCurrencyVariable(),
    textVariable('customer', 'Customer', 'The customer of the panels below; empty: that of the newest alert.'),
  ]);
  const panels = [
    ...headline(),
    ...labelFigures(),
    ...breakdowns(),
    ...labelTables(),
    ...tables(),
    ...customerPanels(),
  ];
  for (const panel of panels) dashboard.withPanel(panel);
  return dashboard.build();
}
