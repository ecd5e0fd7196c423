"""Replay, reconciliation, evaluation and maintenance, run by Airflow with a stand-in for the etl command."""

from __future__ import annotations

import os
import time
from datetime import timedelta

import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException, ParamValidationError

from conftest import DAGS
from pulse.airflow_cleanup import (
    clean_command,
    clean_each,
    clean_metadata_task,
    kept_days,
    reason_of,
    remove_old_files,
    table_names,
)


def parsed(monkeypatch, dag_id: str):
    from airflow.dag_processing.dagbag import DagBag

    dag = DagBag(str(DAGS / f"{dag_id}.py")).dags[dag_id]
    # Airflow 3.3.2 ends a `dag.test()` with an error when the DAG has a deadline; a scheduler does not.
    monkeypatch.setattr(dag, "deadline", None)
    for task in dag.tasks:
        monkeypatch.setattr(task, "retry_delay", timedelta(0))
        monkeypatch.setattr(task, "max_retry_delay", timedelta(0))
    return dag


@pytest.mark.usefixtures("metadata_database")
def test_a_replay_passes_exactly_the_chosen_params(monkeypatch, stand_in) -> None:
    run = parsed(monkeypatch, "etl_replay").test(
        run_conf={"reason_codes": "too_large,not_json", "since": "24h", "dry_run": True}
    )
    assert run.state == "success"
    chosen = ["--reason-code=too_large,not_json", "--since=24h", "--limit=100000", "--dry-run"]
    assert stand_in.calls() == [["rejected", "replay", "--batch", f"etl_replay:{run.run_id}", "--json", *chosen]]


@pytest.mark.usefixtures("metadata_database")
@pytest.mark.parametrize(
    "conf",
    [{"reason_codes": "a; b"}, {"since": "yesterday"}, {"limit": 0}, {"all": "perhaps"}, {"from_batch": "b 1"}],
)
def test_a_replay_refuses_malformed_params(monkeypatch, conf) -> None:
    with pytest.raises((ParamValidationError, ValueError)):
        parsed(monkeypatch, "etl_replay").test(run_conf=conf)


@pytest.mark.usefixtures("metadata_database")
def test_a_reconciliation_with_a_difference_fails_at_once_and_sends_an_alert(monkeypatch, stand_in, webhook) -> None:
    stand_in.exits("reconcile", 1, 1)
    run = parsed(monkeypatch, "etl_reconcile").test()
    assert run.state == "failed"
    assert stand_in.calls() == [["reconcile", "--json", "--deep"]]
    assert "the reconciliation found differences" in webhook[0]["error"]


@pytest.mark.usefixtures("metadata_database")
@pytest.mark.parametrize(("conf", "since"), [({}, "7d"), ({"since": "2026-11-01"}, "2026-11-01")])
def test_fraud_rules_are_measured_over_the_last_week_or_a_chosen_span(monkeypatch, stand_in, conf, since) -> None:
    run = parsed(monkeypatch, "etl_fraud_evaluate").test(run_conf=conf)
    assert run.state == "success"
    assert stand_in.calls() == [["fraud", "evaluate", "--json", f"--since={since}"]]


@pytest.mark.usefixtures("metadata_database")
def test_maintenance_cleans_the_warehouse_airflows_tables_and_its_logs(monkeypatch, stand_in) -> None:
    monkeypatch.setenv("AIRFLOW_CLEANUP_DATABASE_URL", os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"])
    run = parsed(monkeypatch, "etl_maintenance").test()
    assert {ti.task_id: str(ti.state) for ti in run.get_task_instances()} == {
        "maintain": "success",
        "clean_airflow_metadata": "success",
        "clean_airflow_logs": "success",
    }
    assert stand_in.calls() == [["maintain", "--json"]]


def test_metadata_is_cleaned_without_questions_and_copies_and_failures_are_errors() -> None:
    options = ["--clean-before-timestamp", "2026-01-01", "--skip-archive", "--yes", "--error-on-cleanup-failure"]
    assert clean_command("2026-01-01")[-5:] == options
    assert clean_command("2026-01-01", "log")[-7:] == ["--tables", "log", *options]


def insert_old_rows() -> None:
    """An old event, and a deleted DAG with a task that never started and refers to the DAG's version."""
    run(
        [
            "insert into log (dttm, event) values ('2020-01-01', 'old')",
            "insert into dag_bundle (name, active) values ('gone-bundle', 0)",
            "insert into dag (dag_id, is_paused, is_stale, bundle_name, last_parsed_time, max_active_tasks,"
            " max_consecutive_failed_dag_runs, has_task_concurrency_limits, exceeds_max_non_backfill, fail_fast,"
            " timetable_partitioned, timetable_periodic, timetable_type, partition_mapper_info)"
            " values ('gone', 0, 1, 'gone-bundle', '2020-01-01', 1, 0, 0, 0, 0, 0, 0, '', '{}')",
            "insert into dag_version (id, version_number, dag_id, created_at, last_updated)"
            " values ('00000000000000000000000000000001', 1, 'gone', '2020-01-01', '2020-01-01')",
            "insert into dag_run (id, dag_id, run_id, run_type, run_after, log_template_id, clear_number, span_status)"
            " values (900, 'gone', 'manual__1', 'manual', '2020-01-01', 1, 0, 'not_started')",
            "insert into task_instance (id, task_id, dag_id, run_id, map_index, try_number, pool, pool_slots,"
            " dag_version_id, span_status, queue)"
            " values ('00000000000000000000000000000002', 't', 'gone', 'manual__1', -1, 0, 'default_pool', 1,"
            " '00000000000000000000000000000001', 'not_started', 'default')",
        ]
    )


def run(statements: list[str]) -> None:
    from airflow import settings

    with settings.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def count_of(table: str) -> int:
    from airflow import settings

    with settings.engine.connect() as connection:
        return connection.exec_driver_sql(f"select count(*) from {table} where {OLD[table]}").scalar()  # noqa: S608


OLD = {"log": "dttm < '2021-01-01'", "dag": "last_parsed_time < '2021-01-01'"}


@pytest.mark.timeout(240)
@pytest.mark.usefixtures("metadata_database")
def test_a_table_that_can_not_be_cleaned_is_named_and_all_others_are_cleaned(monkeypatch) -> None:
    monkeypatch.setattr("pulse.airflow_cleanup.table_names", lambda: ["dag", "job", "log"])
    monkeypatch.setenv("AIRFLOW_CLEANUP_DATABASE_URL", os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"])
    insert_old_rows()
    with pytest.raises(AirflowFailException, match=r"did not clean dag; the other 2 tables are clean\. dag: "):
        clean_metadata_task().execute({})
    assert (count_of("dag"), count_of("log")) == (1, 0)
    run(["delete from task_instance", "delete from dag_run", "delete from dag where dag_id = 'gone'"])


def test_the_message_of_the_database_is_the_reason() -> None:
    output = (
        "Checking table dag\nTraceback (most recent call last):\n"
        'psycopg2.errors.ForeignKeyViolation: update or delete on table "dag_version" violates a constraint\n'
        'sqlalchemy.exc.IntegrityError: (psycopg2.errors.ForeignKeyViolation) "dag_version" violates a constraint\n'
        "[SQL: DELETE FROM dag]\n(Background on this error at: https://sqlalche.me/e/21/gkpj)\n"
    )
    assert reason_of(output).endswith('(psycopg2.errors.ForeignKeyViolation) "dag_version" violates a constraint')
    assert reason_of("no database\n\n") == "no database"


@pytest.mark.timeout(240)
@pytest.mark.usefixtures("metadata_database")
def test_an_unavailable_database_is_retried(tmp_path) -> None:
    with pytest.raises(AirflowException, match="cleaned none of the 1 tables") as failed:
        clean_each("2026-01-01", f"sqlite:///{tmp_path}/nothing/airflow.db", ["log"])
    assert not isinstance(failed.value, AirflowFailException)


def test_airflow_knows_the_tables_that_are_cleaned() -> None:
    assert {"dag", "dag_run", "job", "log", "task_instance", "xcom"} <= set(table_names())


def test_only_old_log_files_are_deleted(tmp_path) -> None:
    old = tmp_path / "dag" / "old.log"
    for name in ("old.log", "new.log", "old.txt"):
        file = tmp_path / "dag" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("x")
    long_ago = time.time() - 100 * 86_400
    for name in ("old.log", "old.txt"):
        os.utime(tmp_path / "dag" / name, (long_ago, long_ago))
    assert remove_old_files(tmp_path, time.time() - 86_400) == 1
    assert sorted(path.name for path in old.parent.iterdir()) == ["new.log", "old.txt"]


@pytest.mark.parametrize("days", ["0", "-1", "soon", "1.5"])
def test_an_invalid_period_is_named(monkeypatch, days) -> None:
    monkeypatch.setenv("AIRFLOW_LOGS_KEPT_DAYS", days)
    with pytest.raises(ValueError, match="AIRFLOW_LOGS_KEPT_DAYS"):
        kept_days("AIRFLOW_LOGS_KEPT_DAYS", 14)
