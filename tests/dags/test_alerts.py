from __future__ import annotations

import logging
import re
import socket
from types import SimpleNamespace

import pytest
from airflow.sdk.module_loading import import_string

from conftest import DAGS
from pulse import alerts
from pulse.alerts import alert_run_late, alert_task_failed

FAILED = {
    "ti": SimpleNamespace(dag_id="etl_pipeline", task_id="load", run_id="run-1", try_number=2, log_url="http://a/log"),
    "exception": RuntimeError("exit code 65"),
}
LATE = {"dag_run": {"dag_id": "etl_pipeline", "dag_run_id": "run-1", "state": "running"}}


def test_the_alert_of_a_failed_task_has_its_run_error_and_log(webhook) -> None:
    alert_task_failed(FAILED)
    assert webhook == [
        {
            "event": "task_failed",
            "text": "etl_pipeline: load failed. exit code 65",
            "dag_id": "etl_pipeline",
            "task_id": "load",
            "run_id": "run-1",
            "try_number": 2,
            "error": "exit code 65",
            "log_url": "http://a/log",
            "runbook_url": "docs/RUNBOOK.md#a-task-is-red",
        }
    ]


def test_a_late_run_sends_one_alert_with_its_limit(webhook) -> None:
    alert_run_late(LATE, limit_seconds=120.0)
    assert [(alert["event"], alert["run_id"], alert["limit_seconds"]) for alert in webhook] == [
        ("run_late", "run-1", 120.0)
    ]


def test_a_run_that_failed_before_its_deadline_sends_no_second_alert(webhook) -> None:
    alert_run_late({"dag_run": {**LATE["dag_run"], "state": "failed"}}, limit_seconds=120.0)
    assert webhook == []


def test_an_alert_links_to_the_section_of_its_dag(webhook) -> None:
    alert_task_failed({**FAILED, "ti": SimpleNamespace(**{**vars(FAILED["ti"]), "dag_id": "etl_reconcile"})})
    assert webhook[0]["runbook_url"] == "docs/RUNBOOK.md#the-reconciliation-finds-a-difference"


def test_an_alert_links_to_docs_url(webhook, monkeypatch) -> None:
    monkeypatch.setenv("DOCS_URL", "https://git.example.com/sales/blob/main/")
    alert_run_late(LATE, limit_seconds=120.0)
    assert webhook[0]["runbook_url"] == "https://git.example.com/sales/blob/main/docs/RUNBOOK.md#no-batch-is-loaded"


def test_each_section_that_an_alert_links_to_is_in_the_runbook() -> None:
    headings = re.findall(r"^#+ (.+)$", (DAGS.parent / alerts.RUNBOOK).read_text(), re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    named = {*alerts.SECTIONS.values(), alerts.A_TASK_IS_RED, alerts.INTEGRITY_STOPS, alerts.RUN_LATE}
    assert named - anchors == set()


def test_without_a_webhook_nothing_is_sent(monkeypatch, caplog) -> None:
    monkeypatch.delenv("ALERT_WEBHOOK_URL", raising=False)
    with caplog.at_level(logging.INFO):
        alert_task_failed(FAILED)
    assert "no alert is sent" in caplog.text


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/secret", "file:///etc/passwd", "nonsense", "http://[::1"])
def test_a_webhook_that_refuses_an_alert_fails_nothing_and_is_not_logged(monkeypatch, caplog, url: str) -> None:
    monkeypatch.setenv("ALERT_WEBHOOK_URL", url)
    alert_task_failed(FAILED)
    assert "could not be sent" in caplog.text
    assert url not in caplog.text


def test_a_webhook_that_never_answers_times_out(monkeypatch, caplog) -> None:
    monkeypatch.setattr("pulse.alerts.TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("ALERT_WEBHOOK_URL", f"http://127.0.0.1:{silent.getsockname()[1]}/")
        alert_task_failed(FAILED)
    assert "timed out" in caplog.text


def test_the_deadlines_call_back_can_be_found_by_its_path(dag_bag) -> None:
    (deadline,) = dag_bag.dags["etl_pipeline"].deadline
    assert import_string(deadline.callback.path) is alert_run_late
    assert deadline.callback.kwargs == {"limit_seconds": deadline.interval.total_seconds()}
