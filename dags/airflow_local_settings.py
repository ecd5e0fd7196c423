"""Read by each component of Airflow as it starts, when the dags folder is on PYTHONPATH.

A task's process is a fork of its supervisor: what is imported here is there already, at no cost to the task.
"""

import os

if os.environ.get("ETL_RUNNER") == "docker":
    # 0.22 s of every task otherwise.
    import airflow.providers.docker.operators.docker  # noqa: F401
else:
    import airflow.providers.standard.hooks.subprocess  # noqa: F401
