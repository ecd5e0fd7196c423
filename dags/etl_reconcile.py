"""
# Does everything add up?

Once a day this checks the warehouse against its own rules, in one snapshot, while batches continue to load: every
record that was read is accounted for; loaded ranges follow each other without gap or overlap; roll-ups equal the sums
of the transactions, to the cent. Then it reads Kafka again, as far back as retention allows, and compares its content
with the rows.

The time limit is ten minutes plus half a second for every thousand transactions; then the task ends and is retried.

The result is a row of `etl_reconciliations`. A difference fails the task (exit code 1, no retry) and is sent to
`ALERT_WEBHOOK_URL`; the log and the row name each difference. Command: `etl reconcile --deep`.
More: `docs/RUNBOOK.md`, "The reconciliation finds a difference".
"""

from __future__ import annotations

import os
from datetime import timedelta

from airflow.sdk import Param

from pulse import assets
from pulse.alerts import late_after
from pulse.dag import etl_dag
from pulse.schedule import daily
from pulse.steps import etl_task, option, switch

LONGEST = timedelta(hours=23)

with etl_dag(
    "etl_reconcile",
    description="Checks the warehouse against its own rules and against Kafka, once a day",
    schedule=daily(hour=3, minute=10),
    doc_md=__doc__,
    tags=["sales", "warehouse", "check"],
    # The command has its own time limit, by the number of transactions; these limits keep the daily runs apart.
    deadline=late_after(timedelta(hours=6)),
    dagrun_timeout=LONGEST,
    params={
        "since": Param(
            os.environ.get("ETL_RECONCILE_SINCE") or "",
            type="string",
            pattern=r"^(\d+[smhd]|\d{4}-\d\d-\d\d[0-9TZ:+.-]*)?$",
            title="Loaded since",
            description="Only what was loaded since then, such as 49h; empty for everything.",
        ),
        "deep": Param(True, type="boolean", title="Deep", description="Also read Kafka again and compare content."),
    },
):
    etl_task(
        "reconcile",
        ["reconcile", "--json", option("--since", "since"), switch("--deep", "deep")],
        inlets=[
            assets.TRANSACTIONS_TOPIC,
            assets.TRANSACTIONS,
            assets.REJECTED_TRANSACTIONS,
            assets.CUSTOMER_PROFILES,
            assets.CUSTOMER_DAYS,
            assets.SALES_PER_MINUTE,
        ],
        outlets=[assets.RECONCILIATIONS],
        execution_timeout=LONGEST,
        doc_md="""
Only reads, except that it stores its result. Its last line names each difference: check, where, expected, found.
""",
    )
