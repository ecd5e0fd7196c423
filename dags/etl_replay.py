"""
# Replay rejected records

Processes open records of the quarantine again, with today's code, limits and rates. Somebody starts it and chooses the records
below. The batch id is `etl_replay:` and the run's id, so **clearing or retrying the task is always safe**: it continues with the
same records. It may run beside `etl_pipeline`.

Records that are loaded, or are duplicates of loaded ones, become `replayed`; those that are rejected again stay open with their
new reasons. A dry run (`dry_run`) shows the result and changes nothing. Command: `etl rejected replay`.
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
    description="Processes rejected records again, on request",
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
            description="Codes separated by commas, such as exchange_rate_missing,tax_rate_missing; empty for any.",
        ),
        "since": Param(
            "",
            type="string",
            pattern=r"^(\d+[smhd]|\d{4}-\d\d-\d\d[0-9TZ:+.-]*)?$",
            title="Rejected since",
            description="A time such as 2026-11-22T20:15:00Z, or a span before now such as 24h; empty for any.",
        ),
        "until": Param(
            "",
            type="string",
            pattern=r"^(\d+[smhd]|\d{4}-\d\d-\d\d[0-9TZ:+.-]*)?$",
            title="Rejected before",
            description="In the same form; empty for any.",
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
            False, type="boolean", title="All", description="Every open record: required if there is no filter."
        ),
        "limit": Param(100_000, type="integer", minimum=1, maximum=1_000_000, title="At most"),
        "dry_run": Param(False, type="boolean", title="Dry run", description="Only show the result."),
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
updates them in quarantine. Exit code 64: neither a filter nor `all` was given.
""",
    )
