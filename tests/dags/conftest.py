"""Airflow with the settings of the stacks, but with its home and metadata (SQLite) in a temporary folder.

Airflow reads its settings when it is first imported, so they are set here, before any test module is imported.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
DAGS = TESTS.parent.parent / "dags"
_HOME = tempfile.TemporaryDirectory(prefix="pulse-dags-")


def airflow_settings() -> dict[str, str]:
    """The settings of airflow.env, by variable."""
    lines = (DAGS / "airflow.env").read_text().splitlines()
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {name: value.strip('"') for name, value in pairs}


def _set_up_airflow() -> None:
    for name in [name for name in os.environ if name.startswith(("AIRFLOW", "ETL_", "KAFKA_", "WAREHOUSE_", "ALERT_"))]:
        del os.environ[name]
    os.environ.update(airflow_settings())
    os.environ["AIRFLOW_HOME"] = _HOME.name
    os.environ["AIRFLOW__CORE__DAGS_FOLDER"] = str(DAGS)
    os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = f"sqlite:///{_HOME.name}/airflow.db"
    os.environ["ETL_RUNNER"] = "process"
    os.environ["ETL_COMMAND"] = str(TESTS / "etl_stand_in.sh")
    # Writes no byte code next to the sources that other checks read.
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(DAGS))


_set_up_airflow()


def pytest_unconfigure() -> None:
    _HOME.cleanup()


@pytest.fixture(scope="session")
def metadata_database() -> None:
    """Airflow's metadata tables, empty."""
    from airflow.utils.db import initdb

    initdb()


@pytest.fixture(scope="session")
def dag_bag():
    """Every DAG of the dags folder, parsed as Airflow parses it."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(str(DAGS))


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch):
    """etl_pipeline, parsed again with the environment of the test, with retries without delay."""
    from airflow.dag_processing.dagbag import DagBag

    dag = DagBag(str(DAGS / "etl_pipeline.py")).dags["etl_pipeline"]
    # Airflow 3.3.2 ends a `dag.test()` with an error when the DAG has a deadline; a scheduler does not.
    monkeypatch.setattr(dag, "deadline", None)
    for task in dag.tasks:
        monkeypatch.setattr(task, "retry_delay", timedelta(0))
        monkeypatch.setattr(task, "max_retry_delay", timedelta(0))
    return dag


class StandIn:
    """Controls the stand-in for the etl command and reads its calls."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def exits(self, step: str, *codes: int) -> None:
        """Makes the next attempts of a step end with these exit codes; later ones succeed."""
        (self.folder / f"{step}.codes").write_text("".join(f"{code}\n" for code in codes))

    def prints_when_it_fails(self, step: str, line: str) -> None:
        (self.folder / f"{step}.stop").write_text(f"{line}\n")

    def calls(self) -> list[list[str]]:
        """The arguments of each attempt, in order."""
        return [line.split(" ") for line in (self.folder / "calls").read_text().splitlines()]

    def attempts(self, step: str) -> int:
        return sum(1 for call in self.calls() if call[0] == step)

    def environment(self, step: str) -> dict[str, str]:
        """The environment of a step's last attempt."""
        lines = (self.folder / f"{step}.environment").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    monkeypatch.setenv("ETL_STAND_IN_DIR", str(tmp_path))
    return StandIn(tmp_path)


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict]]:
    """An HTTP server at ALERT_WEBHOOK_URL; the value is the list of messages posted so far."""
    from webhook import serve_webhook

    with serve_webhook() as (url, received):
        monkeypatch.setenv("ALERT_WEBHOOK_URL", url)
        yield received
