"""What each exit code of the etl command means to Airflow. Only this file decides it."""

from __future__ import annotations

OK = 0
DIFFERENCES = 1
USAGE = 64
INTEGRITY = 65
BUG = 70
TEMPORARY = 75

_MEANINGS = {
    DIFFERENCES: "the reconciliation found differences",
    USAGE: "usage: a wrong flag or setting",
    INTEGRITY: "integrity: the warehouse and Kafka do not fit together",
    BUG: "a bug of the etl program",
    TEMPORARY: "temporary: Kafka, PostgreSQL or the disk is unavailable",
    126: "the command can not be executed",
    127: "the command does not exist",
}

# A signal is -N from a child process and 128+N from a shell or a container.
_SIGNALS = frozenset(range(129, 129 + 64)) | frozenset(range(-64, 0))
# Any other code except OK fails the task at once.
RETRIED = _SIGNALS | {TEMPORARY}


def explain(code: int) -> str:
    """One line for people: ``exit code 65 (integrity: …)``."""
    meaning = "ended by a signal" if code in _SIGNALS else _MEANINGS.get(code, "unknown to the etl command")
    return f"exit code {code} ({meaning})"
