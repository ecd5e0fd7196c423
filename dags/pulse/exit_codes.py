"""What the exit code of the etl command means to Airflow: decided here and nowhere else."""

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
    INTEGRITY: "integrity: what is stored and what Kafka holds do not fit together",
    BUG: "a fault of the etl program itself",
    TEMPORARY: "temporary: Kafka, PostgreSQL or the disk is away",
    126: "the command can not be executed",
    127: "the command does not exist",
}

# A signal shows as -N from a child process and as 128+N from a shell or a container.
_SIGNALS = frozenset(range(129, 129 + 64)) | frozenset(range(-64, 0))
# Any other code but OK fails the task at once.
RETRIED = _SIGNALS | {TEMPORARY}


def explain(code: int) -> str:
    """One line for people: ``exit code 65 (integrity: …)``."""
    meaning = "ended by a signal" if code in _SIGNALS else _MEANINGS.get(code, "unknown to the etl command")
    return f"exit code {code} ({meaning})"
