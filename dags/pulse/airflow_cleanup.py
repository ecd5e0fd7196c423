"""Keeps Airflow's own metadata and logs bounded."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException

if TYPE_CHECKING:
    from airflow.sdk import Context

log = logging.getLogger(__name__)

# Airflow removes its own database variable from a task's environment; this one is for this task.
DATABASE_VARIABLE = "AIRFLOW_CLEANUP_DATABASE_URL"
CLEAN_TIMEOUT_SECONDS = 480
REASON_LENGTH_MAX = 300
# SQLAlchemy's form of a driver's error: sqlalchemy.exc.IntegrityError: (psycopg2.errors.ForeignKeyViolation) …
_DATABASE_ERROR = re.compile(r"sqlalchemy\.exc\.\w+: \(")


def clean_metadata_task() -> BaseOperator:
    return CleanMetadata(
        task_id="clean_airflow_metadata",
        # All tables at once; if that fails, each table separately.
        execution_timeout=timedelta(minutes=40),
        doc_md="`airflow db clean`: runs, task instances, events and logs older than `AIRFLOW_METADATA_KEPT_DAYS`.",
    )


def clean_logs_task() -> BaseOperator:
    return CleanLogs(
        task_id="clean_airflow_logs",
        doc_md="Log files of tasks and DAG parsing that nobody has written to for `AIRFLOW_LOGS_KEPT_DAYS`.",
    )


def kept_days(variable: str, default: int) -> int:
    """The number of days in a variable. Raises ValueError with its name if it is not a whole number from 1 on."""
    text = os.environ.get(variable, "").strip() or str(default)
    if text.isascii() and text.isdigit() and int(text) >= 1:
        return int(text)
    raise ValueError(f"{variable}={text!r}: expected a whole number of days from 1 on")


class CleanMetadata(BaseOperator):
    """Runs ``airflow db clean`` in a separate process; if that fails, table by table."""

    ui_color = "#f0ece4"

    def execute(self, context: Context) -> Any:  # noqa: ARG002 - Airflow passes it
        days = kept_days("AIRFLOW_METADATA_KEPT_DAYS", 30)
        database = os.environ.get(DATABASE_VARIABLE, "").strip()
        if not database:
            raise AirflowException(f"{DATABASE_VARIABLE} is not set: expected Airflow's own database address")
        before = (datetime.now(UTC) - timedelta(days=days)).isoformat()
        if clean(before, database) is not None:
            clean_each(before, database, table_names())
        return {"kept_days": days, "before": before}


def clean_each(before: str, database: str, tables: Sequence[str]) -> None:
    """Cleans one table after the other, and continues after a failure.

    ``airflow db clean`` stops at the first row that another row refers to and skips the tables after it. The tables
    have no fixed order, so some of them may never be cleaned (apache/airflow #71864).

    Raises AirflowFailException with each table that was not cleaned and the reason; AirflowException, which is retried,
    if no table was cleaned.
    """
    reasons = {table: clean(before, database, table) for table in tables}
    failed = {table: reason for table, reason in reasons.items() if reason is not None}
    if not failed:
        return
    message = "; ".join(f"{table}: {reason}" for table, reason in failed.items())
    if len(failed) == len(tables):
        raise AirflowException(f"airflow db clean cleaned none of the {len(tables)} tables. {message}")
    raise AirflowFailException(
        f"airflow db clean did not clean {', '.join(failed)}; "
        f"the other {len(tables) - len(failed)} tables are clean. {message}"
    )


def clean(before: str, database: str, table: str | None = None) -> str | None:
    """Cleans one table and those that depend on it, or all tables. Returns the reason of a failure."""
    try:
        done = subprocess.run(  # noqa: S603 - no outside input is part of the command
            clean_command(before, table),
            env={**os.environ, "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=CLEAN_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"not done after {CLEAN_TIMEOUT_SECONDS} s"
    log.info("%s", done.stdout)
    return None if done.returncode == 0 else reason_of(done.stdout) or f"exit code {done.returncode}"


def reason_of(output: str) -> str:
    """The database's message in the output of a failed ``airflow db clean``, else its last line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    of_database = [line for line in lines if _DATABASE_ERROR.match(line)]
    return (of_database or lines or [""])[-1][:REASON_LENGTH_MAX]


def clean_command(before: str, table: str | None = None) -> Sequence[str]:
    """``airflow db clean`` up to a moment, without questions and without copies of deleted rows. Its default exit code
    is 0 also after a failure, hence the last flag.
    """
    return [
        sys.executable, "-m", "airflow", "db", "clean", *([] if table is None else ["--tables", table]),
        "--clean-before-timestamp", before, "--skip-archive", "--yes", "--error-on-cleanup-failure",
    ]  # fmt: skip


def table_names() -> Sequence[str]:
    """The tables that ``airflow db clean`` knows."""
    from airflow.utils.db_cleanup import config_dict

    return sorted(config_dict)


class CleanLogs(BaseOperator):
    """Deletes old log files, and the folders that become empty."""

    ui_color = "#f0ece4"

    def execute(self, context: Context) -> Any:  # noqa: ARG002 - Airflow passes it
        from airflow.configuration import conf

        days = kept_days("AIRFLOW_LOGS_KEPT_DAYS", 14)
        folder = Path(conf.get("logging", "base_log_folder"))
        removed = remove_old_files(folder, time.time() - days * 86_400)
        log.info("%d log files older than %d days removed from %s", removed, days, folder)
        return {"kept_days": days, "removed": removed}


def remove_old_files(folder: Path, before: float) -> int:
    """Deletes ``*.log`` files below ``folder`` last written before a moment (seconds since 1970). Returns their number.

    Another process may delete or make files meanwhile: a missing file is not an error.
    """
    removed = 0
    for path, _, names in os.walk(folder, topdown=False):
        for name in names:
            file = Path(path, name)
            if not name.endswith(".log"):
                continue
            try:
                if file.stat().st_mtime < before and not file.is_symlink():
                    file.unlink()
                    removed += 1
            except FileNotFoundError:
                continue
        if Path(path) != folder:
            _remove_if_old_and_empty(Path(path), before)
    return removed


def _remove_if_old_and_empty(folder: Path, before: float) -> None:
    """Keeps a new empty folder: a task may be about to write its log into it."""
    try:
        if folder.stat().st_mtime < before:
            folder.rmdir()
    except OSError:
        # Not empty, or already deleted.
        return
