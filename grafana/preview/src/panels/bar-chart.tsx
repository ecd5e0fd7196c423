import { css } from '@emotion/css';
import {
  FieldType,
  formattedValueToString,
  PanelPlugin,
  type DataFrame,
  type Field,
  type GrafanaTheme2,
  type PanelProps,
} from '@grafana/data';
import { ScrollContainer, useStyles2 } from '@grafana/ui';

import { customFieldConfig } from '../field-config.ts';
import { PanelMessage } from './panel-message.tsx';

interface BarChartOptions {
  /** The field that names the bars; the first field of text without it. */
  readonly xField?: string;
}

/** Named quantities as bars that lie below one another. */
export const barChart = new PanelPlugin<BarChartOptions>(BarChartPanel).useFieldConfig(
  customFieldConfig({ lineWidth: 1, fillOpacity: 80, gradientMode: 'none', axisPlacement: 'auto', axisLabel: '' }),
);

const rowHeightMinPx = 16;
const rowHeightMaxPx = 32;

function BarChartPanel({ data, options, height, fieldConfig }: PanelProps<BarChartOptions>) {
  const styles = useStyles2(barStyles);
  const [frame] = data.series;
  const bars = frame === undefined ? [] : barsOf(frame, options.xField);
  if (bars.length === 0) return <PanelMessage data={data} fieldConfig={fieldConfig} />;
  const rowHeight = Math.min(rowHeightMaxPx, Math.max(rowHeightMinPx, Math.floor(height / bars.length)));
  const largest = Math.max(...bars.map(({ quantity }) => Math.abs(quantity)));
  return (
    <ScrollContainer>
      <div className={styles.chart} style={{ gridAutoRows: rowHeight }}>
        {bars.map(({ name, quantity, text, color, opacity, href }) => (
          <div className={styles.row} key={name} title={`${name}: ${text}`}>
            <span className={styles.name}>{href === undefined ? name : <a href={href}>{name}</a>}</span>
            <span className={styles.track}>
              <span
                className={styles.bar}
                style={{ width: `${largest === 0 ? 0 : (Math.abs(quantity) / largest) * 100}%`, borderColor: color }}
              >
                <span className={styles.fill} style={{ background: color, opacity }} />
              </span>
            </span>
            <span className={styles.text}>{text}</span>
          </div>
        ))}
      </div>
    </ScrollContainer>
  );
}

interface Bar {
  readonly name: string;
  readonly quantity: number;
  readonly text: string;
  readonly color: string;
  readonly opacity: number;
  readonly href: string | undefined;
}

function barsOf({ fields, length }: DataFrame, xField: string | undefined): Bar[] {
  const names = fields.find(({ name, type }) => (xField === undefined ? type === FieldType.string : name === xField));
  const quantities = fields.filter(({ type, name }) => type === FieldType.number && name !== names?.name);
  return Array.from({ length }, (_, row) =>
    quantities.map((field) => bar(names, field, row, quantities.length)),
  ).flat();
}

function bar(names: Field | undefined, field: Field, row: number, seriesCount: number): Bar {
  const quantity = Number(field.values[row] ?? 0);
  const display = field.display?.(field.values[row]);
  const name = String(names?.values[row] ?? '');
  const [link] = names?.getLinks?.({ valueRowIndex: row }) ?? [];
  return {
    name: seriesCount === 1 ? name : `${name} ${field.name}`,
    quantity,
    text: display === undefined ? String(quantity) : formattedValueToString(display),
    color: display?.color ?? 'currentcolor',
    opacity: Number(field.config.custom?.['fillOpacity'] ?? 80) / 100,
    href: link?.href,
  };
}

const barStyles = (theme: GrafanaTheme2) => ({
  // One grid for all rows, so that all bars begin at the same position.
  chart: css({
    display: 'grid',
    gridTemplateColumns: 'minmax(0, max-content) minmax(25%, 1fr) max-content',
    columnGap: 8,
  }),
  row: css({ display: 'grid', gridColumn: '1 / -1', gridTemplateColumns: 'subgrid', alignItems: 'center' }),
  name: css({
    textAlign: 'right',
    overflow: 'hidden',
    whiteSpace: 'nowrap',
    textOverflow: 'ellipsis',
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.secondary,
    maxWidth: '18em',
  }),
  track: css({ height: '70%', borderLeft: `1px solid ${theme.colors.border.medium}` }),
  bar: css({ display: 'block', height: '100%', minWidth: 1, position: 'relative', border: '1px solid', borderLeft: 0 }),
  fill: css({ position: 'absolute', inset: 0 }),
  text: css({ fontSize: theme.typography.bodySmall.fontSize, fontVariantNumeric: 'tabular-nums', textAlign: 'right' }),
});
