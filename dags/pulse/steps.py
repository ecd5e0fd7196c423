"""Runs one command of `etl` as a task: in a process or in a container, as ETL_RUNNER says."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from typing import Any

from airflow.sdk import BaseOperator

CONTAINER_STAGING_DIR = "/var/lib/etl/staging"


def etl_step(step: str, **arguments: Any) -> BaseOperator:
    """The task that runs one step of the run's batch; it has the step's name."""
    return etl_task(step, [step, "--batch", "{{ run_id | batch_id(dag.dag_id) }}", "--json"], **arguments)


def etl_task(task_id: str, command: Sequence[str], **arguments: Any) -> BaseOperator:
    """A task that runs ``etl`` with ``command`` as its arguments.

    Each argument is a template. The program gets it as one argument, because no shell reads it. An argument that
    renders to nothing is left out. The last line that the command prints becomes the task's XCom. ``arguments`` are
    those of any operator.

    Raises ValueError if ETL_RUNNER is unknown, or if it or a variable of its runner is missing.
    """
    runner = os.environ.get("ETL_RUNNER", "")
    match runner:
        case "process":
            return _process_task(task_id, command, arguments)
        case "docker":
            return _docker_task(task_id, command, arguments)
        case _:
            raise ValueError(f"ETL_RUNNER={runner!r}: expected 'process' or 'docker'")


def option(flag: str, param: str) -> str:
    """An argument with a flag and the value of a param of the run; left out if the value is empty."""
    return f"{{{{ '{flag}=' ~ params.{param} if params.{param} not in ('', None) else '' }}}}"


def switch(flag: str, param: str) -> str:
    """A flag that is passed if a param of the run is true."""
    return f"{{{{ '{flag}' if params.{param} else '' }}}}"


def _process_task(task_id: str, command: Sequence[str], arguments: dict[str, Any]) -> BaseOperator:
    from pulse.process_step import ProcessStep

    program = shlex.split(_required("ETL_COMMAND", "the etl command, such as 'etl/dist/etl'"))
    return ProcessStep(task_id=task_id, command=[*program, *command], **arguments)


def _docker_task(task_id: str, command: Sequence[str], arguments: dict[str, Any]) -> BaseOperator:
    from pulse.docker_step import DockerStep

    return DockerStep(
        task_id=task_id,
        image=_required("ETL_IMAGE", "the image with the etl command"),
        program=shlex.split(os.environ.get("ETL_COMMAND") or "etl"),
        command=list(command),
        docker_url=_required("ETL_DOCKER_URL", "the address of the Docker API, such as tcp://socket-proxy:2375"),
        network_mode=_required("ETL_NETWORK", "the Docker network of Kafka and the warehouse"),
        staging_volume=_required("ETL_STAGING_VOLUME", "the Docker volume of the staged files"),
        staging_dir=CONTAINER_STAGING_DIR,
        **arguments,
    )


def _required(variable: str, meaning: str) -> str:
    value = os.environ.get(variable, "").strip()
    if not value:
        raise ValueError(f"{variable} is not set: expected {meaning}")
    return value
