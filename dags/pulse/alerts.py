"""Alerts for failed tasks and late runs, sent to the webhook in ALERT_WEBHOOK_URL if it is set."""

from __future__ import annotations

import json
import logging
import os
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from airflow.sdk import DeadlineAlert, DeadlineReference, SyncCallback

from pulse.failures import IntegrityStop

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 5
# The runbook's file, and its sections for a failed task of each DAG.
RUNBOOK = "docs/RUNBOOK.md"
A_TASK_IS_RED = "a-task-is-red"
INTEGRITY_STOPS = "integrity-stops"
RUN_LATE = "no-batch-is-loaded"
SECTIONS = {
    "etl_fraud_evaluate": "fraud-rules-are-changed",
    "etl_maintenance": "maintenance",
    "etl_reconcile": "the-reconciliation-finds-a-difference",
    "etl_replay": "many-rejects-the-quarantine",
}
UNFINISHED = ("queued", "running")


def alert_task_failed(context: dict[str, Any]) -> None:
    """Airflow calls this once when a task has failed for good: no retry is left, or none is allowed. Only the run
    that opens an incident sends an alert of it.
    """
    task_instance = context["ti"]
    error = context.get("exception")
    incident: dict[str, Any] = {}
    section = SECTIONS.get(task_instance.dag_id, A_TASK_IS_RED)
    if isinstance(error, IntegrityStop):
        incident = {"incident_ids": error.incident_ids}
        section = INTEGRITY_STOPS
        if not error.is_new:
            log.info("no alert is sent: the run that opened incidents %s has sent it", error.incident_ids)
            return
    _post(
        {
            "event": "task_failed",
            "text": f"{task_instance.dag_id}: {task_instance.task_id} failed. {error}",
            "dag_id": task_instance.dag_id,
            "task_id": task_instance.task_id,
            "run_id": task_instance.run_id,
            "try_number": task_instance.try_number,
            "error": str(error),
            "log_url": getattr(task_instance, "log_url", None),
            "runbook_url": _runbook_url(section),
            **incident,
        }
    )


def alert_run_late(context: dict[str, Any], limit_seconds: float) -> None:
    """Airflow calls this once when a run has not ended ``limit_seconds`` after it was queued."""
    run = context["dag_run"]
    if run["state"] not in UNFINISHED:
        # Airflow keeps the deadline of a run that failed earlier; that failure has its own alert.
        return
    _post(
        {
            "event": "run_late",
            "text": f"{run['dag_id']}: run {run['dag_run_id']} is not done after {limit_seconds:g} s.",
            "dag_id": run["dag_id"],
            "run_id": run["dag_run_id"],
            "state": run["state"],
            "limit_seconds": limit_seconds,
            "runbook_url": _runbook_url(SECTIONS.get(run["dag_id"], RUN_LATE)),
        }
    )


def _runbook_url(section: str) -> str:
    """The runbook's address: below DOCS_URL, else a path in this repository."""
    docs = os.environ.get("DOCS_URL", "").strip().rstrip("/")
    return f"{docs}/{RUNBOOK}#{section}" if docs else f"{RUNBOOK}#{section}"


def late_after(limit: timedelta) -> DeadlineAlert:
    """A deadline for each run, counted from the time it was queued. The scheduler checks it; no triggerer is needed."""
    return DeadlineAlert(
        name=f"run not done after {limit.total_seconds():g} s",
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=limit,
        callback=SyncCallback("pulse.alerts.alert_run_late", kwargs={"limit_seconds": limit.total_seconds()}),
    )


def _post(alert: dict[str, Any]) -> None:
    """Sends one alert. A failure to send is only logged: it must not change the state of the task."""
    url = os.environ.get("ALERT_WEBHOOK_URL", "").strip()
    if not url:
        log.info("ALERT_WEBHOOK_URL is not set: no alert is sent for %s", alert["event"])
        return
    try:
        status = _post_json(url, alert)
        log.info("alert %s sent: HTTP %s", alert["event"], status)
    except Exception as error:  # noqa: BLE001 - no error here may fail the task
        # The URL may contain a token, so it is not logged.
        log.warning("alert %s could not be sent to ALERT_WEBHOOK_URL: %s", alert["event"], error)


def _post_json(url: str, body: dict[str, Any]) -> int:
    # Imported here, so that only a failing task pays for it.
    from urllib.request import Request, urlopen

    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError("expected a URL that begins with http:// or https://")
    request = Request(url, data=json.dumps(body).encode(), headers={"content-type": "application/json"}, method="POST")  # noqa: S310
    with urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310
        return response.status
