import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { pulseDashboard } from '../pulse-dashboard.ts';
import { salesVariable } from '../sales-variable.ts';
import { salesDimensions } from '../sql/sales-filter.ts';
import { breakdowns } from './breakdowns.ts';
import { freshness } from './freshness.ts';
import { headline } from './headline.ts';
import { rates } from './rates.ts';
import { recentFraudAlerts } from './recent-fraud-alerts.ts';
import { recentTransactions } from './recent-transactions.ts';

/** The home dashboard: what is being sold, where and for how much, and how fresh that is. */
export function salesPulse(): Dashboard {
  const dashboard = pulseDashboard({
    uid: 'sales-pulse',
    title: 'Sales Pulse',
    description:
      'Sales as they are loaded, every 30 seconds. Amounts are in the base currency (ETL_BASE_CURRENCY) unless a column names another one. Times are UTC.',
    tags: ['sales'],
    from: 'now-24h',
  }).variables(salesDimensions.map(salesVariable));
  const panels = [...headline(), freshness(), ...rates(), ...breakdowns(), recentTransactions(), recentFraudAlerts()];
  for (const panel of panels) dashboard.withPanel(panel);
  return dashboard.build();
}
