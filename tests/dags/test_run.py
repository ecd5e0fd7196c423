"""Whole runs of etl_pipeline with ETL_RUNNER=process, run by Airflow with a stand-in for the etl command."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.usefixtures("metadata_database")

STEPS = ["extract", "validate", "transform", "load"]


def states(run) -> dict[str, str]:
    return {ti.task_id: str(ti.state) for ti in run.get_task_instances()}


def test_a_run_executes_the_four_steps_in_order_on_one_batch(pipeline, stand_in) -> None:
    run = pipeline.test()
    assert run.state == "success"
    assert stand_in.calls() == [[step, "--batch", run.run_id, "--json"] for step in STEPS]


def test_the_summary_of_a_step_is_its_xcom(pipeline, stand_in) -> None:
    run = pipeline.test()
    assert stand_in.attempts("load") == 1
    load = run.get_task_instance("load")
    assert load.xcom_pull("load") == {"step": "load", "batchId": run.run_id, "loaded": 7}


@pytest.mark.parametrize("code", [75, 143, 137])
def test_a_temporary_failure_is_retried_on_the_same_batch(pipeline, stand_in, webhook, code: int) -> None:
    stand_in.exits("load", code, code)
    run = pipeline.test()
    assert run.state == "success"
    assert stand_in.calls()[3:] == [["load", "--batch", run.run_id, "--json"]] * 3
    assert webhook == []


@pytest.mark.parametrize("code", [65, 64, 70, 1, 127])
def test_any_other_failure_is_not_retried(pipeline, stand_in, webhook, code: int) -> None:
    stand_in.exits("validate", *[code] * 9)
    run = pipeline.test()
    assert states(run) == {
        "extract": "success",
        "validate": "failed",
        "transform": "upstream_failed",
        "load": "upstream_failed",
    }
    assert stand_in.attempts("validate") == 1
    assert [(alert["event"], alert["task_id"]) for alert in webhook] == [("task_failed", "validate")]
    assert f"exit code {code}" in webhook[0]["error"]
    assert webhook[0]["run_id"] == run.run_id


@pytest.mark.parametrize("line", ['{"level":"error","msg":"no --since"}', 'ERROR: no --since {"kind":"usage"}'])
def test_the_alert_of_a_failure_has_the_message_of_the_etl_command(pipeline, stand_in, webhook, line: str) -> None:
    stand_in.exits("extract", 64)
    stand_in.prints_when_it_fails("extract", line)
    pipeline.test()
    assert "no --since" in webhook[0]["error"]


@pytest.mark.parametrize(("is_new", "alerts"), [(True, 1), (False, 0)])
def test_an_incident_sends_one_alert_with_its_number_and_remedy(
    pipeline, stand_in, webhook, is_new: bool, alerts: int
) -> None:
    stop = {"incident_ids": [7], "is_new": is_new, "kind": "topic_recreated", "message": "gone", "remedy": "etl resume"}
    stand_in.exits("extract", 65)
    stand_in.prints_when_it_fails("extract", json.dumps(stop))
    run = pipeline.test()
    assert states(run)["extract"] == "failed"
    assert len(webhook) == alerts
    for alert in webhook:
        assert alert["incident_ids"] == [7]
        assert alert["runbook_url"] == "docs/RUNBOOK.md#integrity-stops"
        assert alert["error"].startswith("incident 7: gone; etl resume (exit code 65")


def test_a_lasting_temporary_failure_fails_after_five_retries(pipeline, stand_in, webhook) -> None:
    stand_in.exits("extract", *[75] * 9)
    run = pipeline.test()
    assert states(run)["extract"] == "failed"
    assert stand_in.attempts("extract") == 6
    assert len(webhook) == 1


def test_a_step_gets_the_settings_of_etl_and_none_of_airflow(pipeline, stand_in, monkeypatch) -> None:
    monkeypatch.setenv("WAREHOUSE_ETL_PASSWORD", "for the step")
    monkeypatch.setenv("WAREHOUSE_DB_PASSWORD", "for the owner")
    run = pipeline.test()
    environment = stand_in.environment("load")
    assert environment["WAREHOUSE_ETL_PASSWORD"] == "for the step"
    assert (environment["AIRFLOW_DAG_ID"], environment["AIRFLOW_RUN_ID"]) == ("etl_pipeline", run.run_id)
    assert "WAREHOUSE_DB_PASSWORD" not in environment
    assert not [name for name in environment if name.startswith("AIRFLOW__")]
