import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import {
  SceneObjectBase,
  type SceneComponentProps,
  type SceneObjectState,
  type SceneRefreshPicker,
  type SceneTimePicker,
  type VariableValueSelectors,
} from '@grafana/scenes';
import { useStyles2 } from '@grafana/ui';

import type { DashboardLinks } from './dashboard-links.tsx';

interface DashboardControlsState extends SceneObjectState {
  readonly variables: VariableValueSelectors;
  readonly links: DashboardLinks;
  readonly timePicker: SceneTimePicker;
  readonly refreshPicker: SceneRefreshPicker;
}

/** The bar above the panels: variables on the left, which wrap among themselves; links and time on the right. */
export class DashboardControls extends SceneObjectBase<DashboardControlsState> {
  static Component = DashboardControlsRenderer;
}

function DashboardControlsRenderer({ model }: SceneComponentProps<DashboardControls>) {
  const { variables, links, timePicker, refreshPicker } = model.useState();
  const styles = useStyles2(controlsStyles);
  return (
    <div className={styles.bar}>
      <div className={styles.side}>
        <variables.Component model={variables} />
      </div>
      <div className={styles.side}>
        <links.Component model={links} />
        <timePicker.Component model={timePicker} />
        <refreshPicker.Component model={refreshPicker} />
      </div>
    </div>
  );
}

const controlsStyles = (theme: GrafanaTheme2) => ({
  bar: css({
    display: 'flex',
    flexWrap: 'wrap-reverse',
    justifyContent: 'space-between',
    gap: theme.spacing(1),
    width: '100%',
  }),
  side: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1),
    minWidth: 0,
    '&:last-child': { marginLeft: 'auto' },
  }),
});
