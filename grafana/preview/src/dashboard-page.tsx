import { UrlSyncContextProvider, type EmbeddedScene } from '@grafana/scenes';
import { Alert, Icon, IconButton, LoadingPlaceholder, Text, TextLink, useStyles2, useTheme2 } from '@grafana/ui';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useEffect, useState } from 'react';

import type { DashboardEntry } from '../../src/preview/protocol.ts';
import { askServer } from './ask-server.ts';
import type { DashboardJson } from './dashboard-json.ts';
import { dashboardScene } from './dashboard-scene.ts';
import { switchTheme } from './grafana-runtime.ts';

type Loaded =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'ready'; readonly title: string; readonly scene: EmbeddedScene };

/** One dashboard under the bar that says where one is. */
export function DashboardPage({ uid }: { readonly uid: string }) {
  const styles = useStyles2(pageStyles);
  const [loaded, setLoaded] = useState<Loaded>({ kind: 'loading' });
  useEffect(() => {
    askServer<DashboardJson>(`/api/dashboards/${encodeURIComponent(uid)}`).then(
      (json) => {
        document.title = `${json.title} - Grafana preview`;
        setLoaded({ kind: 'ready', title: json.title, scene: dashboardScene(json) });
      },
      (error: Error) => setLoaded({ kind: 'failed', reason: error.message }),
    );
  }, [uid]);
  return (
    <div className={styles.page}>
      <TopBar title={loaded.kind === 'ready' ? loaded.title : uid} />
      <main className={styles.canvas}>
        <DashboardBody loaded={loaded} />
      </main>
    </div>
  );
}

function DashboardBody({ loaded }: { readonly loaded: Loaded }) {
  switch (loaded.kind) {
    case 'loading':
      return <LoadingPlaceholder text="Loading the dashboard…" />;
    case 'failed':
      return <Alert title={loaded.reason} severity="error" />;
    case 'ready':
      return (
        <UrlSyncContextProvider scene={loaded.scene} updateUrlOnInit createBrowserHistorySteps>
          <loaded.scene.Component model={loaded.scene} />
        </UrlSyncContextProvider>
      );
    default:
      return loaded satisfies never;
  }
}

/** What there is to see, when the address names no dashboard that could be opened. */
export function DashboardList({ entries }: { readonly entries: readonly DashboardEntry[] }) {
  const styles = useStyles2(pageStyles);
  return (
    <div className={styles.page}>
      <TopBar title="Dashboards" />
      <main className={styles.canvas}>
        {entries.map(({ uid, title }) => (
          <p key={uid}>
            <TextLink href={`/d/${uid}`}>{title}</TextLink>
          </p>
        ))}
      </main>
    </div>
  );
}

function TopBar({ title }: { readonly title: string }) {
  const styles = useStyles2(pageStyles);
  const theme = useTheme2();
  return (
    <header className={styles.bar}>
      <Icon name="apps" />
      <Text color="secondary">Dashboards</Text>
      <Icon name="angle-right" />
      <Text element="h1" variant="body">
        {title}
      </Text>
      <span className={styles.note}>Preview: drawn from the dashboards' JSON without a Grafana server</span>
      <IconButton
        name="adjust-circle"
        tooltip={theme.isDark ? 'Light theme' : 'Dark theme'}
        onClick={() => switchTheme(theme)}
      />
    </header>
  );
}

const pageStyles = (theme: GrafanaTheme2) => ({
  page: css({
    minHeight: '100vh',
    display: 'flex',
    flexDirection: 'column',
    background: theme.colors.background.canvas,
  }),
  bar: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1),
    height: 40,
    padding: theme.spacing(0, 2),
    background: theme.colors.background.primary,
    borderBottom: `1px solid ${theme.colors.border.weak}`,
    h1: { margin: 0 },
  }),
  note: css({
    marginLeft: 'auto',
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.secondary,
    overflow: 'hidden',
    whiteSpace: 'nowrap',
    textOverflow: 'ellipsis',
  }),
  canvas: css({ flexGrow: 1, padding: theme.spacing(2), display: 'flex', flexDirection: 'column' }),
});
