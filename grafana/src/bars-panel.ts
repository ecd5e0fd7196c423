import { PanelBuilder as BarchartBuilder } from '@grafana/grafana-foundation-sdk/barchart';
import { VisibilityMode, VizLegendOptionsBuilder, VizOrientation } from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';

import { describePanel, type PanelDescription } from './describe-panel.ts';

interface BarsDescription extends Omit<PanelDescription, 'format'> {
  readonly color: string;
  /** Column of the query that names the bars; the other one is their length. */
  readonly xField: string;
  readonly orientation?: VizOrientation;
  /** Shown when there is no bar. */
  readonly noValue: string;
}

/** One bar for each row of the query, in its order. */
export function barsPanel({
  color,
  xField,
  orientation = VizOrientation.Horizontal,
  noValue,
  ...description
}: BarsDescription): BarchartBuilder {
  return describePanel(new BarchartBuilder(), { ...description, format: 'table' })
    .xField(xField)
    .orientation(orientation)
    .min(0)
    .fillOpacity(60)
    .showValue(VisibilityMode.Auto)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor(color))
    .legend(new VizLegendOptionsBuilder().showLegend(false))
    .noValue(noValue);
}
