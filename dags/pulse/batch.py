"""The name of a batch: made from the run that makes it, so a retry works on the same batch."""

from __future__ import annotations

import hashlib
import re

LENGTH_MAX = 200
_ALLOWED = re.compile(rf"[A-Za-z0-9_.:+~-]{{1,{LENGTH_MAX}}}")
_NOT_ALLOWED = re.compile(r"[^A-Za-z0-9_.:+~-]")
_DIGEST_LENGTH = 16


# Its batches have the ids of its runs.
_PIPELINE = "etl_pipeline"


def batch_id(run_id: str, dag_id: str = _PIPELINE) -> str:
    """The batch id for a run: 1 to 200 characters of ``[A-Za-z0-9_.:+~-]``.

    A run id is unique in its DAG only: Airflow makes it from a time, and somebody may choose it. So the batches of
    other DAGs than the pipeline begin with the DAG's id.

    Almost every run id is one already. In any other, what is not allowed becomes ``_``, and a digest of the whole
    run id follows, so that two run ids never share a batch.
    """
    name = run_id if dag_id == _PIPELINE else f"{dag_id}:{run_id}"
    if _ALLOWED.fullmatch(name):
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST_LENGTH]
    readable = _NOT_ALLOWED.sub("_", name)[: LENGTH_MAX - _DIGEST_LENGTH - 1]
    return f"{readable}~{digest}"
