"""
# Maintenance

Once a day this removes staged files of batches that never ended, raw bytes of rejected records that were resolved long
ago, ledger detail without information, and Airflow's logs and metadata. Variables of `.env.example` set each period.
**No fact row, no open rejected record and no ledger row of a batch with records is ever deleted.**

Each task can be repeated, and can wait for a day. Command: `etl maintain`. More: `docs/RUNBOOK.md`, "Maintenance".
"""

from __future__ import annotations

from datetime import timedelta

from pulse import assets
from pulse.airflow_cleanup import clean_logs_task, clean_metadata_task
from pulse.alerts import late_after
from pulse.dag import etl_dag
from pulse.schedule import daily
from pulse.steps import etl_task

with etl_dag(
    "etl_maintenance",
    description="Removes old data: staging, raw bytes, ledger detail, Airflow's logs and metadata",
    schedule=daily(hour=3, minute=40),
    doc_md=__doc__,
    tags=["warehouse", "airflow", "upkeep"],
    deadline=late_after(timedelta(minutes=30)),
    dagrun_timeout=timedelta(minutes=45),
):
    etl_task(
        "maintain",
        ["maintain", "--json"],
        outlets=[assets.REJECTED_TRANSACTIONS],
        doc_md="""
Staging (`ETL_STAGING_KEPT_HOURS`), raw bytes of resolved rejected records (`ETL_REJECTED_RAW_KEPT_DAYS`), ledger
detail and old reconciliations (`ETL_LEDGER_DETAIL_KEPT_DAYS`).
""",
    )
    clean_metadata_task()
    clean_logs_task()
