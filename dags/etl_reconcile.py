"""
# Does everything add up?

Once a day the warehouse is held against its own rules, in one snapshot, while batches go on loading: what was read is
what became of it; loaded ranges follow each other without gap or overlap; roll-ups are what the transactions add up to,
to the cent. Then Kafka is read again, as far as retention reaches, and its content compared with the rows.

It may take ten minutes, and half a second more for every thousand transactions; then it ends and is tried again.

The result is a row of `etl_reconciliations`. A difference fails the task (exit code 1, no retry) and is told to
`ALERT_WEBHOOK_URL`; its log and the row name each one. The same by hand: `etl reconcile --deep`.
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
    description="Holds the warehouse against its own rules and against Kafka, once a day",
    schedule=daily(hour=3, minute=10),
    doc_md=__doc__,
    tags=["sales", "warehouse", "check"],
    # The command itself limits how long it takes, by the transactions that there are; these part one day from the next.
    deadline=late_after(timedelta(hours=6)),
    dagrun_timeout=LONGEST,
    params={
        "since": Param(
            os.environ.get("ETL_RECONCILE_SINCE") or "",
            type="string",
            pattern=r"^(\d+[smhd]|\d{4}-\d\d-\d\d[0-9TZ:+.-]*)?$",
            title="Loaded since",
            description="Only what was loaded since, as 49h; empty for everything.",
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
Reads only, and stores its result. Its last line names each difference: check, where, expected, found.
""",
    )
