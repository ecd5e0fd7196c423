"""
# Sales, every {seconds} seconds

One run is one **batch**: it loads the sales that reached Kafka since the last batch into the warehouse, each exactly once.

| task | what it does |
|---|---|
| `extract` | plans the batch (its offsets are stored before anything is read) and reads it from Kafka |
| `validate` | separates valid from rejected records; a bad record is a row in quarantine, never an error |
| `transform` | adds tax, amounts in the base currency and fraud decisions; drops duplicates |
| `load` | writes rows, rejects, roll-ups and the next offsets in one PostgreSQL transaction |

The batch has the run's id, so **clearing or retrying a task is always safe**: it processes the same records again, and a
loaded batch does not change. Each task's XCom is the summary that its step printed.

## When a task is red

| exit code | what it means | what Airflow does | what you do |
|---|---|---|---|
| 75 | Kafka, PostgreSQL or the disk is unavailable | up to 5 retries within about a minute | make it available; the next run catches up |
| 65 | the warehouse and Kafka do not fit together | no retry | read the message: it names the records and the command that continues |
| 64 | a wrong flag or setting | no retry | correct the setting that the message names |
| 70 | a bug of the program | no retry | report it with the task's log |

`etl status` shows lag, last batches and incidents. `ALERT_WEBHOOK_URL` receives a message if a run fails for good, or is
not done {late} seconds after it was queued. More: `docs/RUNBOOK.md`.
"""  # noqa: E501

from __future__ import annotations

from airflow.sdk import chain

from pulse import assets
from pulse.alerts import late_after
from pulse.dag import etl_dag
from pulse.schedule import every, late_limit, period_seconds, run_limit
from pulse.steps import etl_step

PERIOD = period_seconds()
LATE = late_limit(PERIOD)

with etl_dag(
    "etl_pipeline",
    description="Kafka to warehouse in micro-batches: extract, validate, transform, load",
    schedule=every(PERIOD),
    doc_md=__doc__.format(seconds=PERIOD, late=int(LATE.total_seconds())),
    tags=["sales", "kafka", "warehouse"],
    deadline=late_after(LATE),
    dagrun_timeout=run_limit(PERIOD),
):
    chain(
        etl_step(
            "extract",
            inlets=[assets.TRANSACTIONS_TOPIC],
            doc_md="""
Plans the batch under the run's id, `[from, next)` for each partition, then reads exactly these records into staging.
A retry finds the plan and reads the same records. Exit code 65 here means that records are missing in Kafka, or that
the topic is another one: nothing is skipped until a person accepts the loss.
""",
        ),
        etl_step(
            "validate",
            doc_md="""
Splits the staged records into valid and rejected. A rejected record goes to `rejected_transactions` with its raw bytes,
its Kafka coordinates and all of its errors. "Now" is the time of the plan, so a retry gives the same result.
""",
        ),
        etl_step(
            "transform",
            inlets=[assets.CUSTOMER_PROFILES, assets.EXCHANGE_RATES, assets.TAX_RATES],
            doc_md="""
Finds duplicates and conflicts, then computes tax, total, base amount and fraud score with exact integers, and writes
the finished rows to staging.
""",
        ),
        etl_step(
            "load",
            outlets=assets.WRITTEN_BY_LOAD,
            doc_md="""
One PostgreSQL transaction: rows, rejects, alerts, profiles, roll-ups and the next offsets, all or nothing. If another
run was faster, it changes nothing and succeeds. Then it copies the offsets to Kafka's consumer group for lag tools.
""",
        ),
    )
