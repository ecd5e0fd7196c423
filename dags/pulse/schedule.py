"""When a DAG runs."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, DeltaTriggerTimetable

SECONDS_MAX = 86_400


def daily(hour: int, minute: int) -> CronTriggerTimetable:
    """A timetable that starts a run once a day, at this time in UTC."""
    return CronTriggerTimetable(f"{minute} {hour} * * *", timezone="UTC")


def every(seconds: str | int, variable: str = "ETL_SCHEDULE_SECONDS") -> CronTriggerTimetable | DeltaTriggerTimetable:
    """A timetable that starts a run every so many seconds, 1 to 86,400.

    Cron times are the clock's own, so they stay in step for ever; a delta counts from the last run and drifts by up to
    a second each time the DAG is parsed. So a period that divides a minute, or is whole minutes that divide an hour,
    becomes a cron time, and only the others a delta.

    Raises ValueError, naming the variable the period came from.
    """
    period = _whole_seconds(seconds, variable)
    if 60 % period == 0 and period < 60:
        # Six fields: the seconds stand last.
        return CronTriggerTimetable(f"* * * * * */{period}", timezone="UTC")
    minutes, rest = divmod(period, 60)
    if rest == 0 and 60 % minutes == 0:
        return CronTriggerTimetable("0 * * * *" if minutes == 60 else f"*/{minutes} * * * *", timezone="UTC")
    return DeltaTriggerTimetable(timedelta(seconds=period))


def _whole_seconds(seconds: str | int, variable: str) -> int:
    text = str(seconds).strip()
    if text.isascii() and text.isdigit() and 1 <= int(text) <= SECONDS_MAX:
        return int(text)
    raise ValueError(f"{variable}={seconds!r}: expected a whole number of seconds from 1 to {SECONDS_MAX}")
