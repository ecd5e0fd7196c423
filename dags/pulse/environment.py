"""The environment of a step: only what the etl command reads, so that it does not see Airflow's secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping

# These control how Airflow starts a step, or belong to the owner of the warehouse.
_WITHHELD = frozenset(
    {
        "ETL_COMMAND",
        "ETL_DOCKER_URL",
        "ETL_IMAGE",
        "ETL_NETWORK",
        "ETL_RUNNER",
        "ETL_STAGING_VOLUME",
        "WAREHOUSE_DB_PASSWORD",
        "WAREHOUSE_DB_USER",
        "WAREHOUSE_READER_PASSWORD",
        "WAREHOUSE_READER_USER",
    }
)
_PASSED_ON = re.compile(r"(KAFKA|WAREHOUSE|ETL)_\w+|LOG_LEVEL|CODE_VERSION")
# Variables of the machine that any program may need; a container has its own.
_OF_THE_MACHINE = re.compile(r"PATH|HOME|USER|LANG|LC_\w+|TZ|TMPDIR|NODE_\w+|SSL_CERT_(FILE|DIR)")
# A database URL contains a password.
_SECRET = re.compile(r".*(PASSWORD|SECRET|TOKEN|DATABASE_URL).*")


def etl_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables of ``environment`` that the etl command reads."""
    return {name: value for name, value in environment.items() if _PASSED_ON.fullmatch(name) and name not in _WITHHELD}


def machine_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables of ``environment`` that every program on this machine needs."""
    return {name: value for name, value in environment.items() if _OF_THE_MACHINE.fullmatch(name)}


def is_secret(name: str) -> bool:
    """Whether a variable's value must not be shown in the UI."""
    return _SECRET.fullmatch(name) is not None
