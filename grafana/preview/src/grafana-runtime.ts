import {
  createTheme,
  EventBusSrv,
  locationUtil,
  setTimeZoneResolver,
  type GrafanaConfig,
  type GrafanaTheme2,
} from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { config, setAppEvents, setChromeHeaderHeightHook, setPluginImportUtils, setRunRequest } from '@grafana/runtime';
import { sceneUtils } from '@grafana/scenes';

import { registerFieldConfig } from './field-config.ts';
import { panelPlugins } from './panels/panel-plugins.ts';
import { runRequest } from './run-request.ts';
import { WarehouseDatasource } from './warehouse-datasource.ts';

/** Does what Grafana's application does for its packages before anything is shown. */
export async function setUpGrafana(theme: GrafanaTheme2): Promise<void> {
  config.theme2 = theme;
  config.bootData.user.timezone = 'utc';
  config.bootData.user.lightTheme = theme.isLight;
  setTimeZoneResolver(() => 'utc');
  setAppEvents(new EventBusSrv());
  setChromeHeaderHeightHook(() => 0);
  setRunRequest(runRequest);
  setPluginImportUtils({
    importPanelPlugin: (id) => Promise.reject(new Error(`The preview can not draw panels of the type ${id}.`)),
    getPanelPluginFromCache: (id) => panelPlugins.get(id),
  });
  locationUtil.initialize({
    // One object under two types, which differ in what may be absent.
    config: config as Partial<GrafanaConfig> as GrafanaConfig,
    getTimeRangeForUrl: () => ({ from: 'now-24h', to: 'now' }),
    getVariablesUrlParams: () => ({}),
  });
  registerFieldConfig();
  sceneUtils.registerRuntimeDataSource({ dataSource: new WarehouseDatasource() });
  // English is in the packages themselves.
  await initPluginTranslations('grafana-scenes');
}

/** The theme that the address asks for, or that was chosen last, or that the machine prefers. */
export function chosenTheme(): GrafanaTheme2 {
  const asked = new URLSearchParams(window.location.search).get('theme') ?? window.localStorage.getItem(themeKey);
  const prefersLight = window.matchMedia('(prefers-color-scheme: light)').matches;
  const mode = asked === 'light' || asked === 'dark' ? asked : prefersLight ? 'light' : 'dark';
  return createTheme({ colors: { mode } });
}

/** Shows the page again in the other theme, and keeps it. */
export function switchTheme({ isDark }: GrafanaTheme2): void {
  window.localStorage.setItem(themeKey, isDark ? 'light' : 'dark');
  const address = new URL(window.location.href);
  address.searchParams.delete('theme');
  window.location.assign(address);
}

const themeKey = 'preview.theme';
