import type { Settings } from '../setup/settings.ts';
import type { Dashboards } from './grafana.ts';

/** The table of addresses and log-ins that people see once the stack is up. */
export function addressTable(settings: Settings, dashboards: Dashboards | undefined): string {
  const warehouse = `127.0.0.1:${settings.WAREHOUSE_DB_PORT}`;
  const { WAREHOUSE_DB_USER: user, WAREHOUSE_DB_PASSWORD: password, WAREHOUSE_DB_NAME: database } = settings;
  const rows: readonly (readonly [string, string, string])[] = [
    [
      'Airflow',
      `http://localhost:${settings.AIRFLOW_PORT}`,
      `${settings.AIRFLOW_ADMIN_USER} / ${settings.AIRFLOW_ADMIN_PASSWORD}`,
    ],
    dashboardsRow(settings, dashboards),
    [
      'Warehouse',
      `psql postgres://${encoded(user)}:${encoded(password)}@${warehouse}/${encoded(database)}`,
      'or: make db-shell',
    ],
    ['Kafka', settings.kafkaServers, `topic ${settings.KAFKA_TOPIC_TRANSACTIONS}`],
    ['Logs', settings.folders.logs, 'or: make dev-logs'],
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   '));
  return ['', ...lines.map((line) => `  ${line.trimEnd()}`), '', '  Stop it with: make dev-down', ''].join('\n');
}

/** Encodes a part of a URL so that a shell needs no quotes around it. */
function encoded(part: string): string {
  return encodeURIComponent(part).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function dashboardsRow(settings: Settings, dashboards: Dashboards | undefined): readonly [string, string, string] {
  const url = `http://localhost:${settings.GRAFANA_PORT}`;
  if (dashboards === undefined) return ['Grafana', 'turned off (GRAFANA=off)', ''];
  switch (dashboards.kind) {
    case 'grafana':
      return ['Grafana', url, `${settings.GRAFANA_ADMIN_USER} / ${settings.GRAFANA_ADMIN_PASSWORD}`];
    case 'preview': {
      const isBuilding = 'preview, still being built for some minutes: make grafana-logs';
      const isThere = 'preview without a log-in: no Grafana is installed here';
      return ['Dashboards', url, dashboards.isBuilt ? isThere : isBuilding];
    }
    default:
      return dashboards.kind satisfies never;
  }
}
