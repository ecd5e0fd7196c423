"""Read by each component of Airflow as it starts, when the dags folder is on PYTHONPATH.

A task's process is a fork of the scheduler: what is imported here is there already, at no cost to the task.
"""

import importlib
import os

# The Docker operator costs each task 0.22 s otherwise.
importlib.import_module(
    "airflow.providers.docker.operators.docker"
    if os.environ.get("ETL_RUNNER") == "docker"
    else "airflow.providers.standard.hooks.subprocess"
)
