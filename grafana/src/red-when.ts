import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';

/** Properties of a table's column that write one of its values in red. */
export function redWhen(value: string): DynamicConfigValue[] {
  return [
    { id: 'mappings', value: [{ type: 'value', options: { [value]: { index: 0, text: value, color: 'red' } } }] },
    { id: 'custom.cellOptions', value: { type: 'color-text' } },
  ];
}
