"""
# How good are the fraud rules?

Once a day this reads the labels of known fraud from the topic `fraud-labels` into `fraud_labels`, before Kafka deletes them, and
measures live and shadow rule sets with them: precision, recall, F1 and alerts a day, per pattern and per rule.

The task's result (XCom) is the measures of the last week. It evaluates no sale and changes no decision. The next run makes up for
a missed day while Kafka keeps the labels. Command: `etl fraud evaluate`.
More: `docs/RUNBOOK.md`, "Fraud rules are changed".
"""  # noqa: E501

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import Param

from pulse import assets
from pulse.alerts import late_after
from pulse.dag import etl_dag
from pulse.schedule import daily
from pulse.steps import etl_task, option

with etl_dag(
    "etl_fraud_evaluate",
    description="Reads the labels of known fraud and measures the rules with them, once a day",
    schedule=daily(hour=4, minute=10),
    doc_md=__doc__,
    tags=["sales", "fraud", "check"],
    deadline=late_after(timedelta(minutes=15)),
    dagrun_timeout=timedelta(minutes=45),
    params={
        "since": Param(
            "7d",
            type="string",
            pattern=r"^(\d+[smhd]|\d{4}-\d\d-\d\d[0-9TZ:+.-]*)$",
            title="Sales since",
            description="By event time: a time such as 2026-11-22T20:15:00Z, a UTC day, or a span before now: 7d.",
        ),
    },
):
    etl_task(
        "evaluate",
        ["fraud", "evaluate", "--json", option("--since", "since")],
        inlets=[assets.FRAUD_LABELS_TOPIC, assets.TRANSACTIONS, assets.FRAUD_SHADOW_VERDICTS],
        outlets=[assets.FRAUD_LABELS],
        doc_md="""
Stores new labels (it may be repeated), then compares flagged sales with them. Its last line has the measures.
""",
    )
