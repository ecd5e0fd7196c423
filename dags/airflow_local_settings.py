"""Each component of Airflow imports this when it starts, if the dags folder is on PYTHONPATH.

A task's process is a fork of the scheduler, so what is imported here costs the task nothing.
"""

import importlib
import os

# Otherwise importing the Docker operator costs each task 0.22 s.
importlib.import_module(
    "airflow.providers.docker.operators.docker"
    if os.environ.get("ETL_RUNNER") == "docker"
    else "airflow.providers.standard.hooks.subprocess"
)
