import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';

import { warehouseDatasource } from './warehouse-datasource.ts';
import { warehouseQuery, type QueryFormat } from './warehouse-query.ts';

/** What every panel must have. */
export interface PanelDescription {
  /** Unique in its dashboard and never changed: links and alerts refer to it. */
  readonly id: number;
  readonly title: string;
  /** What the figure means and where it comes from, in full sentences. */
  readonly description: string;
  /** Id of a Grafana unit. */
  readonly unit: string;
  /** Width in the grid's 24 columns. */
  readonly width: number;
  /** Height in grid rows of 30 pixels. */
  readonly height: number;
  readonly format: QueryFormat;
  readonly sql: string;
}

/** What the SDK's builders of panels have in common. */
interface PanelBuilder {
  id(id: number): this;
  title(title: string): this;
  description(description: string): this;
  unit(unit: string): this;
  span(width: number): this;
  height(height: number): this;
  datasource(datasource: { readonly type: string; readonly uid: string }): this;
  withTarget(target: Builder<Dataquery>): this;
}

/** Gives a panel of any kind all that the conventions ask for. Every panel is made through this. */
export function describePanel<P extends PanelBuilder>(panel: P, description: PanelDescription): P {
  return panel
    .id(description.id)
    .title(description.title)
    .description(description.description)
    .unit(description.unit)
    .span(description.width)
    .height(description.height)
    .datasource(warehouseDatasource)
    .withTarget(warehouseQuery(description.format, description.sql));
}
