/** Seconds between two scheduled batches (ETL_SCHEDULE_SECONDS), as the warehouse knows them since the stack was last started. */
export const scheduleSeconds = '(select schedule_seconds from warehouse_state)';

/** How long something may take: a number of periods of the schedule, and at least a number of seconds. */
export interface Allowance {
  readonly periods: number;
  readonly secondsMin: number;
}

/** An allowance in seconds, as SQL; `schedule` is SQL of the period, today's unless another one is given. */
export function secondsOf({ periods, secondsMin }: Allowance, schedule = scheduleSeconds): string {
  return `greatest(${secondsMin}, ${periods} * ${schedule})`;
}

/** An allowance as an interval, as SQL. */
export function intervalOf(allowance: Allowance, schedule?: string): string {
  return `make_interval(secs => ${secondsOf(allowance, schedule)})`;
}

/** An allowance in minutes, as a query of that one number, for the summary of an alert. */
export function minutesOf(allowance: Allowance): string {
  return `select ${secondsOf(allowance)} / 60.0 as "Minutes"`;
}

/** An allowance as text, for descriptions. */
export function allowanceText({ periods, secondsMin }: Allowance): string {
  return `${periods} periods of the schedule (ETL_SCHEDULE_SECONDS), but at least ${secondsMin} s`;
}
