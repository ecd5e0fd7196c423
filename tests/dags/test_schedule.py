from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from airflow.sdk import CronTriggerTimetable, DeltaTriggerTimetable
from airflow.serialization.encoders import coerce_to_core_timetable
from airflow.timetables.base import TimeRestriction
from pendulum import datetime

from pulse.schedule import every


@pytest.mark.parametrize(
    ("seconds", "expression"),
    [
        ("30", "* * * * * */30"),
        ("5", "* * * * * */5"),
        ("1", "* * * * * */1"),
        ("60", "*/1 * * * *"),
        ("300", "*/5 * * * *"),
        ("3600", "0 * * * *"),
        (" 15 ", "* * * * * */15"),
    ],
)
def test_a_period_that_divides_the_clock_is_a_cron_time(seconds: str, expression: str) -> None:
    timetable = every(seconds)
    assert isinstance(timetable, CronTriggerTimetable)
    assert timetable.expression == expression


@pytest.mark.parametrize("seconds", [7, 45, 90, 420, 7200, 86_400])
def test_any_other_period_is_a_delta(seconds: int) -> None:
    timetable = every(str(seconds))
    assert isinstance(timetable, DeltaTriggerTimetable)
    assert timetable.delta == timedelta(seconds=seconds)


@pytest.mark.parametrize("seconds", ["0", "-30", "30.5", "30s", "", "abc", "86401", "1e3", "٣٠"])
def test_nonsense_is_refused_by_the_name_of_its_variable(seconds: str) -> None:
    with pytest.raises(
        ValueError, match=r"ETL_SCHEDULE_SECONDS=.*: expected a whole number of seconds from 1 to 86400"
    ):
        every(seconds)


@pytest.mark.parametrize("seconds", [1, 5, 30, 60, 300, 3600, 45])
def test_runs_follow_each_other_at_exactly_the_period(seconds: int) -> None:
    timetable = coerce_to_core_timetable(every(seconds))
    restriction = TimeRestriction(earliest=datetime(2020, 1, 1), latest=None, catchup=True)
    starts = []
    last = None
    for _ in range(5):
        info = timetable.next_dagrun_info(last_automated_data_interval=last, restriction=restriction)
        assert info is not None
        starts.append(info.run_after)
        last = info.data_interval
    assert [later - earlier for earlier, later in pairwise(starts)] == [timedelta(seconds=seconds)] * 4
