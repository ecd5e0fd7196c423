"""How a step that failed shows in Airflow."""

from __future__ import annotations

from typing import Any

from airflow.sdk.exceptions import AirflowException, AirflowFailException

from pulse.exit_codes import INTEGRITY, RETRIED, explain
from pulse.summary import parse_summary

REASON_LENGTH_MAX = 500


class IntegrityStop(AirflowFailException):
    """The step stopped for somebody to decide, and an incident of the warehouse says so. A schedule meets the same
    incident again and again: only the run that opened it is news.

    :param stop: what the etl command printed last: incident_ids, is_new, message, remedy
    """

    def __init__(self, stop: dict[str, Any]) -> None:
        self.incident_ids: list[int] = stop["incident_ids"]
        self.is_new = bool(stop.get("is_new", True))
        numbers = ", ".join(str(number) for number in self.incident_ids)
        super().__init__(f"incident {numbers}: {stop.get('message')}; {stop.get('remedy')} ({explain(INTEGRITY)})")


def failure_of(code: int, last_line: str | None) -> AirflowException:
    """The exception for a step that ended with this exit code and this last line: one that Airflow retries, or not."""
    if code in RETRIED:
        return AirflowException(explain(code))
    stop = parse_summary(last_line)
    if code == INTEGRITY and isinstance(stop, dict) and stop.get("incident_ids"):
        return IntegrityStop(stop)
    return AirflowFailException(f"{explain(code)}, not retried{_reason(stop)}")


def _reason(said: Any) -> str:
    """The words of the log's last line, in one format or the other."""
    words = said.get("msg") if isinstance(said, dict) else said
    return f": {words[:REASON_LENGTH_MAX]}" if isinstance(words, str) else ""
