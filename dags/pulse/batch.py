"""The id of a batch, made from the id of its run: a retry works on the same batch."""

from __future__ import annotations

import hashlib
import re

LENGTH_MAX = 200
_ALLOWED = re.compile(rf"[A-Za-z0-9_.:+~-]{{1,{LENGTH_MAX}}}")
_NOT_ALLOWED = re.compile(r"[^A-Za-z0-9_.:+~-]")
_DIGEST_LENGTH = 16


# The batches of this DAG have the ids of its runs.
_PIPELINE = "etl_pipeline"


def batch_id(run_id: str, dag_id: str = _PIPELINE) -> str:
    """The batch id for a run: 1 to 200 characters of ``[A-Za-z0-9_.:+~-]``.

    A run id is unique only in its DAG: Airflow makes it from a time, or a person chooses it. So the batch ids of DAGs
    other than the pipeline begin with the DAG's id.

    Almost every run id is a valid batch id. In any other, ``_`` replaces characters that are not allowed, and a digest
    of the whole run id follows, so two run ids never have the same batch.
    """
    name = run_id if dag_id == _PIPELINE else f"{dag_id}:{run_id}"
    if _ALLOWED.fullmatch(name):
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST_LENGTH]
    readable = _NOT_ALLOWED.sub("_", name)[: LENGTH_MAX - _DIGEST_LENGTH - 1]
    return f"{readable}~{digest}"
