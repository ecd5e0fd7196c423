import type { Settings } from '../setup/settings.ts';

/** Where everything is and how to log in, for people, once the stack is up. */
export function addressTable(settings: Settings, hasGrafana: boolean): string {
  const warehouse = `127.0.0.1:${settings.WAREHOUSE_DB_PORT}`;
  const { WAREHOUSE_DB_USER: user, WAREHOUSE_DB_PASSWORD: password, WAREHOUSE_DB_NAME: database } = settings;
  const noGrafana = settings.GRAFANA === 'off' ? 'turned off (GRAFANA=off)' : 'not installed on this machine';
  const rows: readonly (readonly [string, string, string])[] = [
    [
      'Airflow',
      `http://localhost:${settings.AIRFLOW_PORT}`,
      `${settings.AIRFLOW_ADMIN_USER} / ${settings.AIRFLOW_ADMIN_PASSWORD}`,
    ],
    hasGrafana
      ? [
          'Grafana',
          `http://localhost:${settings.GRAFANA_PORT}`,
          `${settings.GRAFANA_ADMIN_USER} / ${settings.GRAFANA_ADMIN_PASSWORD}`,
        ]
      : ['Grafana', noGrafana, ''],
    ['Warehouse', `psql postgres://${user}:${password}@${warehouse}/${database}`, 'or: make db-shell'],
    ['Kafka', settings.kafkaServers, `topic ${settings.KAFKA_TOPIC_TRANSACTIONS}`],
    ['Logs', settings.folders.logs, 'or: make dev-logs'],
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   '));
  return ['', ...lines.map((line) => `  ${line.trimEnd()}`), '', '  Stop it with: make dev-down', ''].join('\n');
}
