import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type DashboardLink,
} from '@grafana/grafana-foundation-sdk/dashboard';

/** Tag of every dashboard of this project: links between them go by it. */
export const projectTag = 'global-sales-pulse';

export interface DashboardDescription {
  /** Fixed: the dashboard's address. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Tags beside the project's own. */
  readonly tags: readonly string[];
  /** Relative start of the time range, as `now-24h`. */
  readonly from: string;
}

/** A dashboard with the project's conventions: UTC, a refresh every 30 s, links that keep time and variables. */
export function pulseDashboard({ uid, title, description, tags, from }: DashboardDescription): DashboardBuilder {
  return new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([projectTag, ...tags])
    .timezone('utc')
    .time({ from, to: 'now' })
    .refresh('30s')
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .annotations([])
    .link({ build: linkToTheOthers });
}

/** Shown in the dashboard's bar: the SDK would put it into a menu. */
function linkToTheOthers(): DashboardLink {
  const { placement: _menu, ...link } = new DashboardLinkBuilder('Global Sales Pulse')
    .type(DashboardLinkType.Dashboards)
    .tags([projectTag])
    .tooltip('The other dashboards, for the same time and variables')
    .asDropdown(true)
    .includeVars(true)
    .keepTime(true)
    .build();
  return link;
}
