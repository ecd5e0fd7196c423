import { PanelPlugin, type DataFrame, type PanelProps } from '@grafana/data';
import { TableCellHeight, type TableSortByFieldState } from '@grafana/schema';
import { TableNG } from '@grafana/ui/unstable';

import { customFieldConfig } from '../field-config.ts';
import { PanelMessage } from './panel-message.tsx';

interface TableOptions {
  readonly showHeader?: boolean;
  readonly cellHeight?: TableCellHeight;
  readonly sortBy?: TableSortByFieldState[];
}

/** Rows as they are. */
export const table = new PanelPlugin<TableOptions>(TablePanel).useFieldConfig(
  customFieldConfig({
    width: undefined,
    minWidth: undefined,
    align: 'auto',
    cellOptions: { type: 'auto' },
    inspect: false,
    filterable: undefined,
    wrapText: undefined,
    wrapHeaderText: undefined,
    hideFrom: undefined,
  }),
);

function TablePanel({ data, options, width, height, timeRange, fieldConfig }: PanelProps<TableOptions>) {
  const [frame] = data.series;
  if (frame === undefined || frame.length === 0) {
    return <PanelMessage data={data} fieldConfig={fieldConfig} />;
  }
  return (
    <TableNG
      data={visible(frame)}
      width={width}
      height={height}
      noHeader={options.showHeader === false}
      cellHeight={options.cellHeight ?? TableCellHeight.Sm}
      {...(options.sortBy === undefined ? {} : { sortBy: options.sortBy })}
      structureRev={data.structureRev ?? 0}
      timeRange={timeRange}
      fieldConfig={fieldConfig}
      resizable
      disableSanitizeHtml={false}
    />
  );
}

function visible(frame: DataFrame): DataFrame {
  return { ...frame, fields: frame.fields.filter(({ config }) => config.custom?.hideFrom?.viz !== true) };
}
