"""When a DAG runs."""

from __future__ import annotations

import os
from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, DeltaTriggerTimetable

SECONDS_MAX = 86_400


_RUN_MIN = timedelta(minutes=45)
_LATE_MIN = timedelta(minutes=2)


def daily(hour: int, minute: int) -> CronTriggerTimetable:
    """A timetable that starts a run once a day, at this time in UTC."""
    return CronTriggerTimetable(f"{minute} {hour} * * *", timezone="UTC")


def every(seconds: str | int, variable: str = "ETL_SCHEDULE_SECONDS") -> CronTriggerTimetable | DeltaTriggerTimetable:
    """A timetable that starts a run at this interval, 1 to 86,400 seconds.

    Cron times follow the clock and never drift; a delta counts from the last run and drifts by up to a second each time
    the DAG is parsed. So a period that divides a minute, or is whole minutes that divide an hour, becomes a cron time;
    any other period becomes a delta.

    Raises ValueError with the name of the variable.
    """
    period = _whole_seconds(seconds, variable)
    if 60 % period == 0 and period < 60:
        # Six fields: the seconds are the last.
        return CronTriggerTimetable(f"* * * * * */{period}", timezone="UTC")
    minutes, rest = divmod(period, 60)
    if rest == 0 and 60 % minutes == 0:
        return CronTriggerTimetable("0 * * * *" if minutes == 60 else f"*/{minutes} * * * *", timezone="UTC")
    return DeltaTriggerTimetable(timedelta(seconds=period))


def period_seconds(variable: str = "ETL_SCHEDULE_SECONDS") -> int:
    """The seconds between two runs, from the environment; 30 by default.

    Raises ValueError with the name of the variable.
    """
    return _whole_seconds(os.environ.get(variable, "").strip() or 30, variable)


def late_limit(period: int) -> timedelta:
    """A run is late this long after it was queued: two periods, at least two minutes."""
    return max(_LATE_MIN, timedelta(seconds=2 * period))


def run_limit(period: int) -> timedelta:
    """A run is ended after this time: what its steps need with their retries, or two periods."""
    return max(_RUN_MIN, timedelta(seconds=2 * period))


def _whole_seconds(seconds: str | int, variable: str) -> int:
    text = str(seconds).strip()
    if text.isascii() and text.isdigit() and 1 <= int(text) <= SECONDS_MAX:
        return int(text)
    raise ValueError(f"{variable}={seconds!r}: expected a whole number of seconds from 1 to {SECONDS_MAX}")
