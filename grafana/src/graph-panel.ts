import {
  GraphDrawStyle,
  GraphGradientMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  type ThresholdsConfigBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

import { describePanel, type PanelDescription } from './describe-panel.ts';

interface GraphDescription extends Omit<PanelDescription, 'format'> {
  /** Colour of each series by its name, which is a column of the query. */
  readonly series: Readonly<Record<string, string>>;
  /** The narrowest interval of a point, as `1m`. */
  readonly interval: string;
}

/** Lines over time, from zero. */
export function linesPanel(description: GraphDescription): TimeseriesBuilder {
  return graph(description)
    .lineWidth(1)
    .fillOpacity(20)
    .gradientMode(GraphGradientMode.Opacity)
    .showPoints(VisibilityMode.Auto);
}

/** Bars over time, each the stack of its series. */
export function stackedBarsPanel(description: GraphDescription): TimeseriesBuilder {
  return (
    graph(description)
      .drawStyle(GraphDrawStyle.Bars)
      .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'))
      .lineWidth(0)
      .fillOpacity(70)
      // Else the bar of a lone batch covers hours.
      .barMaxWidth(40)
  );
}

/** Draws the thresholds of a graph as dashed lines. */
export function withLimits(panel: TimeseriesBuilder, limits: ThresholdsConfigBuilder): TimeseriesBuilder {
  return panel
    .thresholds(limits)
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
}

function graph({ series, interval, ...description }: GraphDescription): TimeseriesBuilder {
  const names = Object.entries(series);
  const panel = describePanel(new TimeseriesBuilder(), { ...description, format: 'time_series' })
    .interval(interval)
    .min(0)
    .noValue('nothing in this time')
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.None))
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(names.length > 1)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom),
    );
  for (const [name, color] of names) {
    panel.overrideByName(name, [{ id: 'color', value: fixed(color) }]);
  }
  return panel;
}

function fixed(color: string): object {
  return new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor(color).build();
}
