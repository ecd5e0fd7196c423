import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';

/** From this value on, in the panel's unit, the figure has this colour. */
export interface Step {
  readonly from: number;
  readonly color: string;
}

/** Thresholds in the panel's unit: the colour below all steps, then the steps in ascending order. */
export function thresholds(base: string, ...steps: readonly Step[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: base }, ...steps.map(({ from, color }) => ({ value: from, color }))]);
}

/** The same for a figure that is never negative: it is grey while there is no value. */
export function figureThresholds(base: string, ...steps: readonly Step[]): ThresholdsConfigBuilder {
  return thresholds('text', { from: 0, color: base }, ...steps);
}
