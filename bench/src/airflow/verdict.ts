import type { Verdict } from '../report/verdicts.ts';
import type { AirflowReport } from './measure-airflow.ts';

const limitsMs = { local: 4_000, compose: 8_000 } as const;
const places = { local: 'locally', compose: 'in containers' } as const;

/** Judges the median of whole runs by the runtime's target. */
export function judgeAirflow({ runtime, messages, runMs }: AirflowReport): Verdict {
  const { median, min, max } = runMs;
  const [middle, least, most] = [median, min, max].map((ms) => (ms / 1000).toFixed(2));
  const limitMs = limitsMs[runtime];
  return {
    target: `a whole Airflow run over ${messages.toLocaleString('en')} messages ${places[runtime]} ≤ ${limitMs / 1000} s`,
    measured: `${middle} s, ${least}–${most}`,
    isMet: median <= limitMs,
  };
}
