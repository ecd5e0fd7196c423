import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { baseCurrencyVariable } from '../base-currency.ts';
import { dashboardUids } from '../dashboard-links.ts';
import { pulseDashboard } from '../pulse-dashboard.ts';
import { salesVariables } from '../sales-variable.ts';
import { sinceLastLoadStat } from '../since-last-load-stat.ts';
import { breakdowns } from './breakdowns.ts';
import { headline } from './headline.ts';
import { rates } from './rates.ts';
import { recentFraudAlerts } from './recent-fraud-alerts.ts';
import { recentTransactions } from './recent-transactions.ts';
import { topCustomers } from './top-customers.ts';

/** The home dashboard: what is being sold, where and for how much, and how fresh that is. */
export function salesPulse(): Dashboard {
  const dashboard = pulseDashboard({
    uid: dashboardUids.salesPulse,
    title: 'Sales Pulse',
    description:
      'Sales as they are loaded, every ETL_SCHEDULE_SECONDS. Amounts are in the base currency (ETL_BASE_CURRENCY) unless a column names another one. Times are UTC.',
    tags: ['sales'],
    from: 'now-24h',
  }).variables([...salesVariables(), baseCurrencyVariable()]);
  const panels = [
    ...headline(),
    sinceLastLoadStat(6),
    ...rates(),
    ...breakdowns(),
    topCustomers(),
    recentTransactions(),
    recentFraudAlerts(),
  ];
  for (const panel of panels) dashboard.withPanel(panel);
  return dashboard.build();
}
