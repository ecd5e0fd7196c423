import type { ScheduleState } from '../warehouse/schedule.ts';

/** As the alert rule no-batch has it: three periods of the schedule, but at least a minute and a half. */
const periodsMax = 3;
const secondsMin = 90;

/** Whether a batch should have been loaded long ago, whatever the reason. */
export function isBatchOverdue({ scheduleSeconds, quietSeconds }: ScheduleState): boolean {
  return quietSeconds > Math.max(secondsMin, periodsMax * scheduleSeconds);
}

/** What an operator reads when no batch comes. */
export function overdueText({ scheduleSeconds, quietSeconds }: ScheduleState): string {
  return (
    `NO BATCH for ${quietSeconds} s, but one is due every ${scheduleSeconds} s (ETL_SCHEDULE_SECONDS): look for red runs of etl_pipeline; ` +
    'where there are no runs, the DAG is paused, or the scheduler is down or hangs. docs/RUNBOOK.md, "No batch is loaded"'
  );
}
