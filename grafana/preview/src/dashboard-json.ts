import type { FieldConfigSource } from '@grafana/data';
import type { DashboardCursorSync } from '@grafana/schema';

/** What the page reads of a dashboard's JSON; the tests of the dashboards hold its shape. */
export interface DashboardJson {
  readonly uid: string;
  readonly title: string;
  readonly description?: string;
  readonly timezone?: string;
  readonly graphTooltip?: DashboardCursorSync;
  readonly time: { readonly from: string; readonly to: string };
  readonly refresh?: string;
  readonly links?: readonly DashboardLinkJson[];
  readonly templating: { readonly list: readonly VariableJson[] };
  readonly panels: readonly PanelJson[];
}

export interface DashboardLinkJson {
  readonly title: string;
  readonly type: 'dashboards' | 'link';
  readonly tags?: readonly string[];
  readonly url?: string;
  readonly tooltip?: string;
  readonly targetBlank?: boolean;
  readonly includeVars?: boolean;
  readonly keepTime?: boolean;
}

export interface VariableJson {
  readonly type: string;
  readonly name: string;
  readonly label?: string;
  readonly description?: string;
  readonly query?: unknown;
  readonly multi?: boolean;
  readonly includeAll?: boolean;
  readonly allValue?: string;
  readonly current?: { readonly text?: string | string[]; readonly value?: string | string[] };
  readonly refresh?: number;
  readonly sort?: number;
  readonly hide?: number;
}

export interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title?: string;
  readonly description?: string;
  readonly transparent?: boolean;
  readonly interval?: string;
  readonly maxDataPoints?: number;
  readonly collapsed?: boolean;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly options?: Record<string, unknown>;
  readonly fieldConfig?: FieldConfigSource;
  readonly targets?: readonly TargetJson[];
  readonly panels?: readonly PanelJson[];
}

export interface TargetJson {
  readonly refId: string;
  readonly format?: 'table' | 'time_series';
  readonly rawSql?: string;
}
