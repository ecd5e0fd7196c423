"""The name of a batch: the id of the run that makes it, so a retry works on the same batch."""

from __future__ import annotations

import hashlib
import re

LENGTH_MAX = 200
_ALLOWED = re.compile(rf"[A-Za-z0-9_.:+~-]{{1,{LENGTH_MAX}}}")
_NOT_ALLOWED = re.compile(r"[^A-Za-z0-9_.:+~-]")
_DIGEST_LENGTH = 16


def batch_id(run_id: str) -> str:
    """The batch id for a run id: 1 to 200 characters of ``[A-Za-z0-9_.:+~-]``.

    Almost every run id is one already. In any other, what is not allowed becomes ``_``, and a digest of the whole
    run id follows, so that two run ids never share a batch.
    """
    if _ALLOWED.fullmatch(run_id):
        return run_id
    digest = hashlib.sha256(run_id.encode()).hexdigest()[:_DIGEST_LENGTH]
    readable = _NOT_ALLOWED.sub("_", run_id)[: LENGTH_MAX - _DIGEST_LENGTH - 1]
    return f"{readable}~{digest}"
