"""A step in a separate container."""

from __future__ import annotations

import os
from collections.abc import Container, Sequence
from typing import TYPE_CHECKING, Any

from airflow.providers.docker.exceptions import DockerContainerFailedException, DockerContainerFailedSkipException
from airflow.providers.docker.operators.docker import DockerOperator

from pulse.environment import etl_variables, is_secret
from pulse.exit_codes import OK, RETRIED
from pulse.failures import failure_of
from pulse.summary import parse_summary

if TYPE_CHECKING:
    from airflow.sdk import Context

MEMORY_LIMIT = "1g"
# Standard error is joined to standard output before Docker sees them: as two streams their last lines could be swapped,
# and the last line is the summary. The shell is the container's first process and passes SIGTERM on. The kernel does
# not deliver SIGTERM to a first process without a handler: a killed task would wait ten seconds, its container longer.
# The trap reads $! itself: a variable would still be empty if the signal arrived just after the program's start.
_SHELL = r'trap "kill -TERM \$!; wait \$!" TERM; "$@" 2>&1 & wait $!'
_RUN_IN_ONE_STREAM = ["/bin/sh", "-c", _SHELL, "etl-step"]
# The name contains batch and try, because an orphan of an earlier try may still use that try's name.
_CONTAINER_NAME = (
    "{project}-{task_id}"
    "-{{{{ run_id | batch_id(dag.dag_id) | replace(':', '-') | replace('+', '-') | replace('~', '-') }}}}"
    "-{{{{ ti.try_number }}}}"
)


class DockerStep(DockerOperator):
    """Runs a program in a new container, which is removed when it ends or the task is killed.

    :param program: the program and its first arguments
    :param command: further arguments (templated)
    :param staging_volume: the named volume that all steps of a batch use
    :param staging_dir: where that volume is mounted
    """

    template_fields: Sequence[str] = (*DockerOperator.template_fields, "labels")
    ui_color = "#e6eef6"

    def __init__(
        self,
        *,
        task_id: str,
        program: Sequence[str],
        command: Sequence[str],
        staging_volume: str,
        staging_dir: str,
        **kwargs: Any,
    ) -> None:
        project = os.environ.get("COMPOSE_PROJECT_NAME") or "global-sales-pulse"
        variables = etl_variables(os.environ) | {"ETL_STAGING_DIR": staging_dir}
        self._exit = _FatalExit()
        super().__init__(
            task_id=task_id,
            entrypoint=[*_RUN_IN_ONE_STREAM, *program],
            command=list(command),
            container_name=_CONTAINER_NAME.format(project=project, task_id=task_id),
            labels=_labels(project, task_id),
            environment={
                **{name: value for name, value in variables.items() if not is_secret(name)},
                "AIRFLOW_DAG_ID": "{{ dag.dag_id }}",
                "AIRFLOW_RUN_ID": "{{ run_id }}",
            },
            private_environment={name: value for name, value in variables.items() if is_secret(name)},
            mounts=[{"type": "volume", "source": staging_volume, "target": staging_dir}],
            mount_tmp_dir=False,
            mem_limit=MEMORY_LIMIT,
            log_opts_max_size="10m",
            log_opts_max_file="1",
            auto_remove="force",
            skip_on_exit_code=self._exit,
            **kwargs,
        )

    def execute(self, context: Context) -> Any:
        self.command = [argument for argument in self.command if argument]
        try:
            return parse_summary(super().execute(context))
        except (DockerContainerFailedSkipException, DockerContainerFailedException) as failed:
            raise failure_of(self._exit.code, _last_line(failed.logs)) from None


def _last_line(logs: Sequence[str | bytes] | None) -> str | None:
    if not logs:
        return None
    last = logs[-1]
    text = last.decode(errors="replace") if isinstance(last, bytes) else last
    return text.strip().rpartition("\n")[2]


class _FatalExit(Container[int]):
    """The exit codes without a retry. Remembers the last code that was looked up, because the operator does not
    report it in any other way.
    """

    code = OK

    def __contains__(self, code: object) -> bool:
        self.code = int(str(code))
        return self.code != OK and self.code not in RETRIED


def _labels(project: str, task_id: str) -> dict[str, str]:
    """The labels of `docker compose run`, which let a stop of the stack find a container that was left behind; then
    the step and batch.
    """
    return {
        "com.docker.compose.project": project,
        "com.docker.compose.service": "etl",
        "com.docker.compose.oneoff": "True",
        "pulse.step": task_id,
        "pulse.batch": "{{ run_id | batch_id(dag.dag_id) }}",
    }
