"""A step as a child process of the task."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.hooks.subprocess import SubprocessHook
from airflow.sdk import BaseOperator

from pulse.environment import etl_variables, machine_variables
from pulse.exit_codes import OK
from pulse.failures import failure_of
from pulse.summary import parse_summary

if TYPE_CHECKING:
    from airflow.sdk import Context


class ProcessStep(BaseOperator):
    """Runs a program without a shell: killing the task ends the program itself, and no argument is read as shell
    syntax.

    :param command: the program and its arguments (templated)
    """

    template_fields: Sequence[str] = ("command",)
    ui_color = "#e8f0ea"

    def __init__(self, *, command: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.command = command

    @cached_property
    def _hook(self) -> SubprocessHook:
        return SubprocessHook()

    def execute(self, context: Context) -> Any:
        result = self._hook.run_command(
            command=[argument for argument in self.command if argument], env=self._environment(context)
        )
        if result.exit_code == OK:
            return parse_summary(result.output)
        raise failure_of(result.exit_code, result.output)

    def on_kill(self) -> None:
        self._hook.send_sigterm()

    def _environment(self, context: Context) -> dict[str, str]:
        run = context["dag_run"]
        return {
            **machine_variables(os.environ),
            **etl_variables(os.environ),
            "AIRFLOW_DAG_ID": run.dag_id,
            "AIRFLOW_RUN_ID": run.run_id,
        }
