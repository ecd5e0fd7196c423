from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from airflow.sdk import CronTriggerTimetable, DeltaTriggerTimetable
from airflow.serialization.encoders import coerce_to_core_timetable
from airflow.timetables.base import TimeRestriction
from pendulum import datetime

from conftest import DAGS
from pulse.schedule import every, late_limit, run_limit


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
def test_an_invalid_period_is_refused_with_the_name_of_its_variable(seconds: str) -> None:
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


@pytest.mark.parametrize(
    ("period", "late", "longest"),
    [
        (1, 120, 2700),
        (30, 120, 2700),
        (60, 120, 2700),
        (120, 240, 2700),
        (3600, 7200, 7200),
        (86_400, 172_800, 172_800),
    ],
)
def test_a_run_is_late_after_two_periods(period: int, late: int, longest: int) -> None:
    assert late_limit(period) == timedelta(seconds=late)
    assert run_limit(period) == timedelta(seconds=longest)


@pytest.mark.parametrize(("setting", "period", "late"), [("", 30, 120), ("30", 30, 120), ("120", 120, 240)])
def test_the_pipelines_deadline_and_documentation_follow_the_schedule(monkeypatch, setting, period, late) -> None:
    from airflow.dag_processing.dagbag import DagBag

    monkeypatch.setenv("ETL_SCHEDULE_SECONDS", setting)
    dag = DagBag(str(DAGS / "etl_pipeline.py")).dags["etl_pipeline"]
    (deadline,) = dag.deadline
    assert deadline.interval == timedelta(seconds=late)
    assert deadline.callback.kwargs == {"limit_seconds": float(late)}
    assert dag.dagrun_timeout == timedelta(minutes=45)
    assert f"# Sales, every {period} seconds" in dag.doc_md
    assert f"not done {late} seconds after" in dag.doc_md
