import {
  getDisplayValueAlignmentFactors,
  getFieldDisplayValues,
  PanelPlugin,
  VizOrientation,
  type DisplayValueAlignmentFactors,
  type FieldDisplay,
  type PanelProps,
  type ReduceDataOptions,
} from '@grafana/data';
import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueJustifyMode,
  BigValueTextMode,
  PercentChangeColorMode,
  type VizTextDisplayOptions,
} from '@grafana/schema';
import { BigValue, DataLinksContextMenu, useTheme2, VizRepeater, type VizRepeaterRenderValueProps } from '@grafana/ui';

import { failureOf, PanelMessage } from './panel-message.tsx';

interface StatOptions {
  readonly reduceOptions: ReduceDataOptions;
  readonly orientation?: VizOrientation;
  readonly colorMode?: BigValueColorMode;
  readonly graphMode?: BigValueGraphMode;
  readonly justifyMode?: BigValueJustifyMode;
  readonly textMode?: BigValueTextMode;
  readonly wideLayout?: boolean;
  readonly showPercentChange?: boolean;
  readonly percentChangeColorMode?: PercentChangeColorMode;
  readonly text?: VizTextDisplayOptions;
}

/** Large figures. */
export const stat = new PanelPlugin<StatOptions>(StatPanel).useFieldConfig();

function StatPanel({
  options,
  data,
  fieldConfig,
  width,
  height,
  replaceVariables,
  timeZone,
  renderCounter,
}: PanelProps<StatOptions>) {
  const theme = useTheme2();
  if (failureOf(data) !== undefined) return <PanelMessage data={data} fieldConfig={fieldConfig} />;
  const values = (): FieldDisplay[] =>
    getFieldDisplayValues({
      fieldConfig,
      reduceOptions: options.reduceOptions,
      replaceVariables,
      theme,
      data: data.series,
      sparkline: options.graphMode !== BigValueGraphMode.None,
      percentChange: options.showPercentChange ?? false,
      timeZone,
    });
  return (
    <VizRepeater
      getValues={values}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={(props) => <StatValue {...props} options={options} />}
      width={width}
      height={height}
      source={data}
      itemSpacing={3}
      renderCounter={renderCounter}
      autoGrid
      orientation={options.orientation ?? VizOrientation.Auto}
    />
  );
}

interface StatValueProps extends VizRepeaterRenderValueProps<FieldDisplay, DisplayValueAlignmentFactors> {
  readonly options: StatOptions;
}

function StatValue({ value, width, height, count, alignmentFactors, options }: StatValueProps) {
  const theme = useTheme2();
  const figure = (
    <BigValue
      value={value.display}
      count={count}
      sparkline={value.sparkline}
      colorMode={options.colorMode ?? BigValueColorMode.Value}
      graphMode={options.graphMode ?? BigValueGraphMode.None}
      justifyMode={options.justifyMode ?? BigValueJustifyMode.Auto}
      textMode={options.textMode ?? BigValueTextMode.Auto}
      alignmentFactors={alignmentFactors}
      text={options.text}
      width={width}
      height={height}
      theme={theme}
      percentChangeColorMode={options.percentChangeColorMode ?? PercentChangeColorMode.Standard}
      disableWideLayout={options.wideLayout === false}
      hasLinks={value.hasLinks}
    />
  );
  if (!value.hasLinks || value.getLinks === undefined) return figure;
  return <DataLinksContextMenu links={value.getLinks}>{() => figure}</DataLinksContextMenu>;
}
