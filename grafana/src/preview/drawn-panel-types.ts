/** Kinds of panel that the preview draws: a dashboard uses no others. */
export const drawnPanelTypes = ['barchart', 'stat', 'table', 'timeseries'] as const;
