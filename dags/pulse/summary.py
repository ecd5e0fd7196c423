"""The summary that each command of `etl` prints as its last line."""

from __future__ import annotations

import json
from typing import Any


def parse_summary(last_line: str | None) -> Any:
    """The summary as a value, which the UI shows as a tree; a line that is not JSON stays text."""
    if not last_line:
        return None
    try:
        return json.loads(last_line)
    except ValueError:
        return last_line
