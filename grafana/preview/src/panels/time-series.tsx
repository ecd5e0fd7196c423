import {
  dateTimeFormat,
  FieldType,
  formattedValueToString,
  getFieldDisplayName,
  PanelPlugin,
  type DataFrame,
  type Field,
  type PanelProps,
} from '@grafana/data';
import {
  AxisPlacement,
  GraphDrawStyle,
  GraphGradientMode,
  GraphThresholdsStyleMode,
  LineInterpolation,
  ScaleDistribution,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  type VizLegendOptions,
  type VizTooltipOptions,
} from '@grafana/schema';
import {
  KeyboardPlugin,
  TimeSeries,
  TooltipPlugin2,
  usePanelContext,
  VizTooltipContent,
  VizTooltipHeader,
  VizTooltipWrapper,
  type UPlotConfigBuilder,
} from '@grafana/ui';

import { customFieldConfig } from '../field-config.ts';
import { PanelMessage } from './panel-message.tsx';

interface TimeSeriesOptions {
  readonly legend: VizLegendOptions;
  readonly tooltip: VizTooltipOptions;
}

/** Lines, bars or points over time. */
export const timeSeries = new PanelPlugin<TimeSeriesOptions>(TimeSeriesPanel).useFieldConfig(
  customFieldConfig({
    drawStyle: GraphDrawStyle.Line,
    lineInterpolation: LineInterpolation.Linear,
    lineWidth: 1,
    lineStyle: { fill: 'solid' },
    fillOpacity: 0,
    gradientMode: GraphGradientMode.None,
    fillBelowTo: undefined,
    spanNulls: false,
    insertNulls: false,
    showPoints: VisibilityMode.Auto,
    pointSize: 5,
    barAlignment: 0,
    barWidthFactor: 0.6,
    barMaxWidth: undefined,
    stacking: { mode: StackingMode.None, group: 'A' },
    axisPlacement: AxisPlacement.Auto,
    axisLabel: '',
    axisColorMode: 'text',
    axisGridShow: true,
    axisCenteredZero: false,
    axisWidth: undefined,
    axisSoftMin: undefined,
    axisSoftMax: undefined,
    axisBorderShow: false,
    scaleDistribution: { type: ScaleDistribution.Linear },
    hideFrom: { tooltip: false, viz: false, legend: false },
    thresholdsStyle: { mode: GraphThresholdsStyleMode.Off },
  }),
);

function TimeSeriesPanel({
  data,
  options,
  width,
  height,
  timeRange,
  timeZone,
  fieldConfig,
  onChangeTimeRange,
}: PanelProps<TimeSeriesOptions>) {
  const { sync, eventsScope } = usePanelContext();
  const frames = data.series.filter((frame) => frame.length > 0 && hasGraph(frame));
  if (frames.length === 0) return <PanelMessage data={data} fieldConfig={fieldConfig} />;
  const tooltip = (config: UPlotConfigBuilder, frame: DataFrame) =>
    options.tooltip.mode === TooltipDisplayMode.None ? null : (
      <>
        <KeyboardPlugin config={config} />
        <TooltipPlugin2
          config={config}
          // The component takes the number of its own constant: 0 for the nearest series, 1 for all of them.
          hoverMode={options.tooltip.mode === TooltipDisplayMode.Multi ? 1 : 0}
          queryZoom={onChangeTimeRange}
          clientZoom
          syncMode={sync?.()}
          syncScope={eventsScope}
          render={(_, rows, series, isPinned) => (
            <SeriesTooltip frame={frame} rows={rows} series={series} isPinned={isPinned} timeZone={timeZone} />
          )}
        />
      </>
    );
  return (
    <TimeSeries
      frames={frames}
      structureRev={data.structureRev}
      timeRange={timeRange}
      timeZone={timeZone}
      width={width}
      height={height}
      legend={options.legend}
      options={options}
    >
      {tooltip}
    </TimeSeries>
  );
}

function hasGraph({ fields }: DataFrame): boolean {
  return fields.some(({ type }) => type === FieldType.time) && fields.some(({ type }) => type === FieldType.number);
}

interface SeriesTooltipProps {
  readonly frame: DataFrame;
  /** Row under the pointer of each field. */
  readonly rows: readonly (number | null)[];
  /** The nearest field; none when all are shown. */
  readonly series: number | null;
  readonly isPinned: boolean;
  readonly timeZone: string;
}

function SeriesTooltip({ frame, rows, series, isPinned, timeZone }: SeriesTooltipProps) {
  const [time] = frame.fields;
  const shown = frame.fields
    .map((field, index) => ({ field, row: rows[index] ?? null, isActive: index === series }))
    .filter(({ field, row, isActive }) => field !== time && row !== null && (series === null || isActive))
    .map(({ field, row, isActive }) => ({ ...describe(frame, field, row), isActive }));
  const at = time?.values[rows[0] ?? 0];
  return (
    <VizTooltipWrapper>
      <VizTooltipHeader item={{ label: '', value: dateTimeFormat(at, { timeZone }) }} isPinned={isPinned} />
      <VizTooltipContent items={shown} isPinned={isPinned} />
    </VizTooltipWrapper>
  );
}

function describe(frame: DataFrame, field: Field, row: number | null) {
  const display = field.display?.(row === null ? null : field.values[row]);
  return {
    label: getFieldDisplayName(field, frame),
    value: display === undefined ? '' : formattedValueToString(display),
    ...(display?.color === undefined ? {} : { color: display.color }),
  };
}
