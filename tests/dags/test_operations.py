"""Replay, reconciliation, evaluation and maintenance, through Airflow's own loop, on a stand-in for the etl command."""

from __future__ import annotations

import os
import time
from datetime import timedelta

import pytest
from airflow.sdk.exceptions import ParamValidationError

from conftest import DAGS
from pulse.airflow_cleanup import clean_command, kept_days, remove_old_files


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
def test_a_replay_passes_on_what_was_chosen_and_nothing_else(monkeypatch, stand_in) -> None:
    run = parsed(monkeypatch, "etl_replay").test(
        run_conf={"reason_codes": "too_large,not_json", "since": "24h", "dry_run": True}
    )
    assert run.state == "success"
    chosen = ["--reason-code=too_large,not_json", "--since=24h", "--limit=100000", "--dry-run"]
    assert stand_in.calls() == [["rejected", "replay", "--batch", run.run_id, "--json", *chosen]]


@pytest.mark.usefixtures("metadata_database")
@pytest.mark.parametrize(
    "conf",
    [{"reason_codes": "a; b"}, {"since": "yesterday"}, {"limit": 0}, {"all": "perhaps"}, {"from_batch": "b 1"}],
)
def test_a_replay_refuses_params_of_another_form(monkeypatch, conf) -> None:
    with pytest.raises((ParamValidationError, ValueError)):
        parsed(monkeypatch, "etl_replay").test(run_conf=conf)


@pytest.mark.usefixtures("metadata_database")
def test_a_reconciliation_that_finds_a_difference_fails_at_once_and_is_told(monkeypatch, stand_in, webhook) -> None:
    stand_in.exits("reconcile", 1, 1)
    run = parsed(monkeypatch, "etl_reconcile").test()
    assert run.state == "failed"
    assert stand_in.calls() == [["reconcile", "--json", "--deep"]]
    assert "the reconciliation found differences" in webhook[0]["error"]


@pytest.mark.usefixtures("metadata_database")
@pytest.mark.parametrize(("conf", "since"), [({}, "7d"), ({"since": "2026-11-01"}, "2026-11-01")])
def test_fraud_rules_are_measured_over_the_last_week_or_as_asked(monkeypatch, stand_in, conf, since) -> None:
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


def test_metadata_is_cleaned_without_questions_and_without_copies() -> None:
    assert clean_command("2026-01-01")[-4:] == ["--clean-before-timestamp", "2026-01-01", "--skip-archive", "--yes"]


def test_only_old_log_files_go(tmp_path) -> None:
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
def test_a_period_of_nonsense_is_named(monkeypatch, days) -> None:
    monkeypatch.setenv("AIRFLOW_LOGS_KEPT_DAYS", days)
    with pytest.raises(ValueError, match="AIRFLOW_LOGS_KEPT_DAYS"):
        kept_days("AIRFLOW_LOGS_KEPT_DAYS", 14)
