import { css } from '@emotion/css';
import { LoadingState, type FieldConfigSource, type GrafanaTheme2, type PanelData } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';

interface PanelMessageProps {
  readonly data: PanelData;
  readonly fieldConfig: FieldConfigSource;
}

/** The message of a panel that has nothing to draw: why it failed, that it still waits, or that there is nothing. */
export function PanelMessage({ data, fieldConfig }: PanelMessageProps) {
  const style = useStyles2(messageStyle);
  return <div className={style}>{failureOf(data) ?? emptyText(data, fieldConfig)}</div>;
}

/** Why a panel has no rows, where it failed. */
export function failureOf({ state, error, errors }: PanelData): string | undefined {
  if (state !== LoadingState.Error) return undefined;
  return error?.message ?? errors?.[0]?.message ?? 'The query failed.';
}

function emptyText({ state }: PanelData, { defaults }: FieldConfigSource): string {
  return state === LoadingState.Loading || state === LoadingState.NotStarted ? '' : (defaults.noValue ?? 'No data');
}

const messageStyle = (theme: GrafanaTheme2): string =>
  css({
    height: '100%',
    display: 'flex',
    alignItems: 'safe center',
    justifyContent: 'center',
    textAlign: 'center',
    overflow: 'auto',
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
  });
