"""The defaults of every DAG in this folder; tests/dags checks that each DAG keeps them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import DAG

from pulse.alerts import alert_task_failed
from pulse.batch import batch_id

OWNER = "global-sales-pulse"

_TASK_DEFAULTS: dict[str, Any] = {
    "owner": OWNER,
    # Five retries after about 2, 4, 8, 16 and 30 s cover a minute without broker or database. The next run tries again
    # anyway, so a longer wait would only delay the alert.
    "retries": 5,
    "retry_delay": timedelta(seconds=2),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(seconds=30),
    "execution_timeout": timedelta(minutes=10),
    "on_failure_callback": alert_task_failed,
}


def etl_dag(dag_id: str, *, schedule: Any, **arguments: Any) -> DAG:
    """A DAG with this project's defaults; ``arguments`` are those of ``airflow.sdk.DAG`` and override them.

    Templates of its tasks have the filter ``batch_id``.
    """
    defaults: dict[str, Any] = {
        "start_date": datetime(2026, 1, 1, tzinfo=UTC),
        "catchup": False,
        "max_active_runs": 1,
        "is_paused_upon_creation": False,
        "default_args": _TASK_DEFAULTS,
        "user_defined_filters": {"batch_id": batch_id},
        "render_template_as_native_obj": False,
    }
    return DAG(dag_id, schedule=schedule, **(defaults | arguments))
