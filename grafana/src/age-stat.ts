import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';

import { seriesStat } from './headline-stat.ts';
import { secondsOf, type Allowance } from './sql/schedule.ts';
import { figureThresholds } from './thresholds.ts';

interface AgeDescription {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  /** SQL of the age in seconds: at most one row of one column, which has the title's name. */
  readonly age: string;
  readonly orangeFrom: Allowance;
  readonly redFrom: Allowance;
  readonly noValue: string;
}

/**
 * An age whose colours follow the schedule. Grafana's thresholds are fixed numbers, so the query names the state, which
 * becomes the name of the series, and each name has its colour.
 */
export function ageStat({ id, title, description, age, orangeFrom, redFrom, noValue }: AgeDescription): StatBuilder {
  const sql = `select
  $__timeTo()::timestamptz as "time",
  case
    when "${title}" >= ${secondsOf(redFrom)} then 'overdue'
    when "${title}" >= ${secondsOf(orangeFrom)} then 'late'
    else 'in time'
  end as metric,
  "${title}"
from (
${age}
) as ages`;
  return seriesStat({ id, title, description, unit: 's', sql, thresholds: figureThresholds('green'), noValue })
    .overrideByRegexp('/^late$/', [{ id: 'color', value: fixed('orange') }])
    .overrideByRegexp('/^overdue$/', [{ id: 'color', value: fixed('red') }]);
}

function fixed(color: string): object {
  return new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor(color).build();
}
