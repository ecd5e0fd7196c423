import type { TargetResult } from '../report/targets.ts';
import type { AirflowReport } from './measure-airflow.ts';

const limitsMs = { local: 4_000, compose: 8_000 } as const;
const locations = { local: 'locally', compose: 'in containers' } as const;

/** Compares the median of whole runs with the runtime's target. */
export function checkAirflowTarget({ runtime, messages, runMs }: AirflowReport): TargetResult {
  const { median, min, max } = runMs;
  const [middle, least, most] = [median, min, max].map((ms) => (ms / 1000).toFixed(2));
  const limitMs = limitsMs[runtime];
  return {
    target: `a whole Airflow run over ${messages.toLocaleString('en')} messages ${locations[runtime]} ≤ ${limitMs / 1000} s`,
    measured: `${middle} s, ${least}–${most}`,
    isMet: median <= limitMs,
  };
}
