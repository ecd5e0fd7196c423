import { access, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { execa } from 'execa';

import { root } from '../setup/paths.ts';
import { isPreviewBuilt } from '../setup/preview.ts';
import type { Settings } from '../setup/settings.ts';
import { previewProgram } from './grafana-preview.ts';
import type { Program } from './supervisor.ts';

/** What shows the dashboards: an installed Grafana, else the preview. */
export interface Dashboards {
  readonly kind: 'grafana' | 'preview';
  /** Whether it can start at once; a preview may have to be built first. */
  readonly isBuilt: boolean;
  readonly program: Program;
}

/** What shows the dashboards in this stack; undefined if they are turned off. */
export async function dashboardsOf(settings: Settings): Promise<Dashboards | undefined> {
  if (settings.GRAFANA === 'off') return undefined;
  const grafana = await installedGrafana(settings);
  if (grafana !== undefined) return { kind: 'grafana', isBuilt: true, program: grafana };
  return { kind: 'preview', isBuilt: await isPreviewBuilt(), program: await previewProgram(settings) };
}

/** An installed Grafana as a program of the stack; undefined if there is none. */
async function installedGrafana(settings: Settings): Promise<Program | undefined> {
  const found = await execa('sh', ['-c', 'command -v grafana'], { reject: false });
  if (found.exitCode !== 0) return undefined;
  const binary = await realpath(found.stdout);
  const home = await firstPresent([
    '/usr/share/grafana',
    join(dirname(binary), '..'),
    join(dirname(binary), '../share/grafana'),
  ]);
  if (home === undefined) return undefined;
  const data = join(settings.folders.stack, 'data', 'grafana');
  return {
    name: 'grafana',
    command: ['sh', join(root, 'grafana', 'start.sh'), join(data, 'pulse'), binary, 'server', `--homepath=${home}`],
    environment: {
      ...settings.environment,
      AIRFLOW_BASE_URL: settings.environment['AIRFLOW_BASE_URL'] || `http://localhost:${settings.AIRFLOW_PORT}`,
      GF_PATHS_HOME: home,
      GF_PATHS_DATA: data,
      GF_PATHS_LOGS: join(data, 'logs'),
      GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: join(root, 'grafana', 'dashboards', 'sales-pulse.json'),
      GF_DATE_FORMATS_DEFAULT_TIMEZONE: 'UTC',
      GF_SERVER_HTTP_ADDR: '127.0.0.1',
      GF_SERVER_HTTP_PORT: String(settings.GRAFANA_PORT),
      GF_AUTH_ANONYMOUS_ENABLED: 'false',
      GF_USERS_ALLOW_SIGN_UP: 'false',
      GF_SECURITY_ADMIN_USER: settings.GRAFANA_ADMIN_USER,
      GF_SECURITY_ADMIN_PASSWORD: settings.GRAFANA_ADMIN_PASSWORD,
      GF_SECURITY_SECRET_KEY: settings.GRAFANA_SECRET_KEY,
      GF_ANALYTICS_REPORTING_ENABLED: 'false',
      GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
      GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
      GF_PLUGINS_PREINSTALL_DISABLED: 'true',
    },
    folder: root,
    stopSignal: 'TERM',
    stopSeconds: 10,
  };
}

/** A folder is Grafana's home if it holds the default configuration. */
async function firstPresent(folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const isHome = await access(join(folder, 'conf', 'defaults.ini')).then(
      () => true,
      () => false,
    );
    if (isHome) return folder;
  }
  return undefined;
}
