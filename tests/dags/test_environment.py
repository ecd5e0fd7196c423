from __future__ import annotations

import pytest

from conftest import airflow_settings
from pulse.environment import etl_variables, is_secret

ENVIRONMENT = {
    "KAFKA_BOOTSTRAP_SERVERS": "kafka:29092",
    "WAREHOUSE_DB_HOST": "warehouse",
    "WAREHOUSE_ETL_PASSWORD": "etl",
    "ETL_BATCH_MAX_MESSAGES": "10",
    "LOG_LEVEL": "debug",
    "CODE_VERSION": "1.2.3",
}


def test_a_step_gets_the_variables_that_the_etl_command_reads() -> None:
    assert etl_variables(ENVIRONMENT) == ENVIRONMENT


@pytest.mark.parametrize(
    "name",
    [
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN",
        "AIRFLOW__CORE__FERNET_KEY",
        "ALERT_WEBHOOK_URL",
        "GRAFANA_ADMIN_PASSWORD",
        "WAREHOUSE_DB_PASSWORD",
        "ETL_DOCKER_URL",
        "MY_KAFKA_SECRET",
    ],
)
def test_a_step_does_not_get_other_variables(name: str) -> None:
    assert etl_variables({name: "x"}) == {}


@pytest.mark.parametrize("name", ["WAREHOUSE_ETL_PASSWORD", "WAREHOUSE_DATABASE_URL", "KAFKA_SASL_PASSWORD"])
def test_variables_with_a_password_are_secret(name: str) -> None:
    assert is_secret(name)


def test_each_airflow_setting_is_one_that_airflow_knows() -> None:
    from airflow.configuration import conf

    known = conf.configuration_description
    for variable in airflow_settings():
        _, section, option = variable.lower().split("__")
        assert option in known[section]["options"], f"{variable} is not a setting of this Airflow"
