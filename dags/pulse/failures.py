"""How Airflow shows a failed step."""

from __future__ import annotations

from typing import Any

from airflow.sdk.exceptions import AirflowException, AirflowFailException

from pulse.exit_codes import INTEGRITY, RETRIED, explain
from pulse.summary import parse_summary

REASON_LENGTH_MAX = 500


class IntegrityStop(AirflowFailException):
    """The step stopped because a person has to decide; the warehouse has an incident of it. Every scheduled run stops
    at the same incident, but only the run that opened it sends an alert.

    :param stop: the last line of the etl command: incident_ids, is_new, message, remedy
    """

    def __init__(self, stop: dict[str, Any]) -> None:
        self.incident_ids: list[int] = stop["incident_ids"]
        self.is_new = bool(stop.get("is_new", True))
        numbers = ", ".join(str(number) for number in self.incident_ids)
        super().__init__(f"incident {numbers}: {stop.get('message')}; {stop.get('remedy')} ({explain(INTEGRITY)})")


def failure_of(code: int, last_line: str | None) -> AirflowException:
    """The exception for a step with this exit code and last line; its class decides whether Airflow retries."""
    if code in RETRIED:
        return AirflowException(explain(code))
    stop = parse_summary(last_line)
    if code == INTEGRITY and isinstance(stop, dict) and stop.get("incident_ids"):
        return IntegrityStop(stop)
    return AirflowFailException(f"{explain(code)}, not retried{_reason(stop)}")


def _reason(last_line: Any) -> str:
    """The message of the log's last line, which is JSON or text."""
    message = last_line.get("msg") if isinstance(last_line, dict) else last_line
    return f": {message[:REASON_LENGTH_MAX]}" if isinstance(message, str) else ""
