import { textUtil } from '@grafana/data';
import { SceneObjectBase, type SceneComponentProps, type SceneObjectState } from '@grafana/scenes';
import { Dropdown, LinkButton, Menu, ToolbarButton } from '@grafana/ui';
import { useEffect, useState } from 'react';
import { useLocation } from 'react-router-dom';

import type { DashboardEntry } from '../../src/preview/protocol.ts';
import { askServer } from './ask-server.ts';
import type { DashboardLinkJson } from './dashboard-json.ts';

interface DashboardLinksState extends SceneObjectState {
  readonly dashboard: string;
  readonly links: readonly DashboardLinkJson[];
}

/** A dashboard's links, in its bar: to the dashboards of a tag, in a menu, or to an address. */
export class DashboardLinks extends SceneObjectBase<DashboardLinksState> {
  static Component = DashboardLinksRenderer;
}

function DashboardLinksRenderer({ model }: SceneComponentProps<DashboardLinks>) {
  const { dashboard, links } = model.useState();
  return links.map((link) =>
    link.type === 'dashboards' ? (
      <DashboardsMenu key={link.title} link={link} dashboard={dashboard} />
    ) : (
      <LinkButton
        key={link.title}
        variant="secondary"
        href={textUtil.sanitizeUrl(link.url ?? '')}
        tooltip={link.tooltip ?? ''}
      >
        {link.title}
      </LinkButton>
    ),
  );
}

function DashboardsMenu({ link, dashboard }: { readonly link: DashboardLinkJson; readonly dashboard: string }) {
  const { search } = useLocation();
  const entries = useDashboards();
  const others = entries.filter(
    ({ uid, tags }) => uid !== dashboard && (link.tags ?? []).every((tag) => tags.includes(tag)),
  );
  const items = others.map(({ uid, title }) => (
    <Menu.Item key={uid} label={title} url={`/d/${uid}${keptSearch(search, link)}`} />
  ));
  return (
    <Dropdown overlay={<Menu>{items}</Menu>}>
      <ToolbarButton icon="bars" variant="canvas" isOpen={false} tooltip={link.tooltip ?? ''}>
        {link.title}
      </ToolbarButton>
    </Dropdown>
  );
}

/** Every dashboard; none while they are not known yet. */
export function useDashboards(): readonly DashboardEntry[] {
  const [entries, setEntries] = useState<readonly DashboardEntry[]>([]);
  useEffect(() => {
    askServer<readonly DashboardEntry[]>('/api/dashboards').then(setEntries, () => undefined);
  }, []);
  return entries;
}

/** The time range and the variables of this address, where the link keeps them. */
function keptSearch(search: string, { keepTime, includeVars }: DashboardLinkJson): string {
  const kept = [...new URLSearchParams(search)].filter(
    ([name]) =>
      (keepTime === true && (name === 'from' || name === 'to')) || (includeVars === true && name.startsWith('var-')),
  );
  return kept.length === 0 ? '' : `?${new URLSearchParams(kept)}`;
}
