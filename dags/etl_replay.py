"""
# Replay rejected records

Processes open records of the quarantine again, with the code, the limits and the rates of today. Started by hand: choose the
records below. The replay's batch has the id `etl_replay:` and the run's, so **clearing or retrying the task is always safe**: it goes on with the
same records. It may run beside `etl_pipeline`.

What is loaded, or repeats what is loaded, becomes `replayed`; what is rejected again stays open with its new reasons. A rehearsal
(`dry_run`) tells what would become of the records and changes nothing. The same by hand: `etl rejected replay`.
More: `docs/RUNBOOK.md`, "Many rejects: the quarantine".
"""  # noqa: E501

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import Param

from pulse import assets
from pulse.alerts import late_after
from pulse.dag import etl_dag
from pulse.steps import etl_task, option, switch

with etl_dag(
    "etl_replay",
    description="Processes rejected records again, by hand",
    schedule=None,
    doc_md=__doc__,
    tags=["sales", "quarantine", "by hand"],
    deadline=late_after(timedelta(minutes=15)),
    dagrun_timeout=timedelta(minutes=45),
    params={
        "reason_codes": Param(
            "",
            type="string",
            pattern=r"^([a-z_]+(,[a-z_]+)*)?$",
            title="Reasons",
            description="Codes with commas between, as exchange_rate_missing,tax_rate_missing; empty for any.",
        ),
        "since": Param(
            "",
            type="string",
            pattern=r"^(\d+[smhd]|\d{4}-\d\d-\d\d[0-9TZ:+.-]*)?$",
            title="Rejected since",
            description="A time as 2026-11-22T20:15:00Z, or a span back from now as 24h; empty for any.",
        ),
        "until": Param(
            "",
            type="string",
            pattern=r"^(\d+[smhd]|\d{4}-\d\d-\d\d[0-9TZ:+.-]*)?$",
            title="Rejected before",
            description="Given alike; empty for any.",
        ),
        "order_id": Param(
            "", type="string", maxLength=100, title="Order", description="One order's id; empty for any."
        ),
        "from_batch": Param(
            "",
            type="string",
            pattern=r"^[A-Za-z0-9_.:+~-]{0,200}$",
            title="Read by batch",
            description="The batch that rejected the records; empty for any.",
        ),
        "all": Param(
            False, type="boolean", title="All", description="Every open record: needed where no filter is given."
        ),
        "limit": Param(100_000, type="integer", minimum=1, maximum=1_000_000, title="At most"),
        "dry_run": Param(False, type="boolean", title="Rehearsal", description="Only tell what would become of them."),
    },
):
    etl_task(
        "replay",
        [
            "rejected",
            "replay",
            "--batch",
            "{{ run_id | batch_id(dag.dag_id) }}",
            "--json",
            option("--reason-code", "reason_codes"),
            option("--since", "since"),
            option("--until", "until"),
            option("--order-id", "order_id"),
            option("--from-batch", "from_batch"),
            option("--limit", "limit"),
            switch("--all", "all"),
            switch("--dry-run", "dry_run"),
        ],
        inlets=[assets.REJECTED_TRANSACTIONS, assets.CUSTOMER_PROFILES, assets.EXCHANGE_RATES, assets.TAX_RATES],
        outlets=assets.WRITTEN_BY_LOAD,
        doc_md="""
Claims the records by number, takes them through validate and transform, and loads them in one transaction that also
settles them in quarantine. Exit code 64: no filter was given, and not `all` either.
""",
    )
