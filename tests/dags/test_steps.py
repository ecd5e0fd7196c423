"""The operator and arguments that the factory makes."""

from __future__ import annotations

import subprocess

import pytest
from airflow.providers.docker.exceptions import DockerContainerFailedSkipException
from airflow.providers.docker.operators.docker import DockerOperator
from airflow.sdk import DAG

from pulse.exit_codes import RETRIED
from pulse.failures import IntegrityStop
from pulse.steps import etl_step, etl_task

DOCKER = {
    "ETL_RUNNER": "docker",
    "ETL_COMMAND": "",
    "ETL_IMAGE": "pulse/etl:1",
    "ETL_DOCKER_URL": "tcp://socket-proxy:2375",
    "ETL_NETWORK": "pulse_default",
    "ETL_STAGING_VOLUME": "pulse_staging",
    "COMPOSE_PROJECT_NAME": "pulse",
    "KAFKA_BOOTSTRAP_SERVERS": "kafka:29092",
    "WAREHOUSE_ETL_PASSWORD": "not to be shown",
    "ETL_STAGING_DIR": "/elsewhere",
}


@pytest.fixture
def docker(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in DOCKER.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("docker")
def test_a_container_runs_the_image_on_the_stacks_network_with_the_staging_volume() -> None:
    step = etl_step("load")
    assert step.image == "pulse/etl:1"
    assert step.docker_url == "tcp://socket-proxy:2375"
    assert step.network_mode == "pulse_default"
    assert step.mounts == [{"type": "volume", "source": "pulse_staging", "target": "/var/lib/etl/staging"}]
    assert step.environment["ETL_STAGING_DIR"] == "/var/lib/etl/staging"


@pytest.mark.usefixtures("docker")
def test_a_container_has_limits_and_no_privilege_and_is_removed() -> None:
    step = etl_step("load")
    assert (step.mem_limit, step.log_opts_max_size, step.log_opts_max_file) == ("1g", "10m", "1")
    assert (step.privileged, step.cap_add, step.mount_tmp_dir) == (False, None, False)
    assert (step.auto_remove, step.force_pull) == ("force", False)


@pytest.mark.usefixtures("docker")
def test_a_container_takes_the_command_as_arguments_in_one_stream() -> None:
    step = etl_step("load")
    assert step.entrypoint[:2] == ["/bin/sh", "-c"]
    assert step.entrypoint[3:] == ["etl-step", "etl"]
    assert step.command == ["load", "--batch", "{{ run_id | batch_id(dag.dag_id) }}", "--json"]


@pytest.mark.usefixtures("docker")
@pytest.mark.parametrize(("script", "output", "code"), [("echo out; echo last", "out\nlast\n", 0), ("exit 65", "", 65)])
def test_a_containers_shell_keeps_order_arguments_and_exit_code(script: str, output: str, code: int) -> None:
    shell = etl_step("load").entrypoint[:-1]
    mixed = f"echo log >&2; {script}"
    done = subprocess.run([*shell, "sh", "-c", mixed, "it's", "$(id)"], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == (f"log\n{output}", "", code)


@pytest.mark.usefixtures("docker")
def test_a_containers_shell_passes_sigterm_on_and_waits() -> None:
    shell = etl_step("load").entrypoint[:-1]
    script = "trap 'echo ended; exit 75' TERM; echo began; while :; do sleep 0.05; done"
    with subprocess.Popen([*shell, "sh", "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "began\n"
        process.terminate()
        assert process.communicate(timeout=5)[0] == "ended\n"
    assert process.returncode in RETRIED


@pytest.mark.usefixtures("docker")
def test_the_ui_does_not_show_secrets() -> None:
    step = etl_step("load")
    shown = {name: getattr(step, name) for name in step.template_fields}
    assert "not to be shown" not in repr(shown)
    assert step._private_environment == {"WAREHOUSE_ETL_PASSWORD": "not to be shown"}
    assert step.environment["KAFKA_BOOTSTRAP_SERVERS"] == "kafka:29092"
    assert step.environment["AIRFLOW_RUN_ID"] == "{{ run_id }}"


@pytest.mark.usefixtures("docker")
def test_a_container_is_named_and_labelled_by_step_and_batch() -> None:
    step = etl_step("load")
    assert step.container_name.startswith("pulse-load-{{ run_id | batch_id(dag.dag_id)")
    assert step.container_name.endswith("-{{ ti.try_number }}")
    assert step.labels["com.docker.compose.project"] == "pulse"
    assert step.labels["pulse.step"] == "load"


@pytest.mark.usefixtures("docker")
def test_a_container_follows_the_same_rules_of_exit_codes() -> None:
    fatal = etl_step("load").skip_on_exit_code
    assert [code for code in range(256) if code not in fatal] == [0, *sorted(code for code in RETRIED if code > 0)]


def test_a_task_of_another_dag_runs_any_command_without_a_shell(monkeypatch) -> None:
    monkeypatch.setenv("ETL_RUNNER", "process")
    with DAG("another", schedule=None) as dag:
        etl_task("replay", ["replay", "--reason", "it's $(id); `id`"])
    assert dag.get_task("replay").command[1:] == ["replay", "--reason", "it's $(id); `id`"]


@pytest.mark.parametrize("runner", ["", "kubernetes", "Docker"])
def test_an_unknown_runner_is_refused(monkeypatch, runner: str) -> None:
    monkeypatch.setenv("ETL_RUNNER", runner)
    with pytest.raises(ValueError, match=r"ETL_RUNNER=.*: expected 'process' or 'docker'"):
        etl_step("load")


@pytest.mark.usefixtures("docker")
@pytest.mark.parametrize("variable", ["ETL_IMAGE", "ETL_DOCKER_URL", "ETL_NETWORK", "ETL_STAGING_VOLUME"])
def test_a_missing_variable_is_named(monkeypatch, variable: str) -> None:
    monkeypatch.setenv(variable, "")
    with pytest.raises(ValueError, match=f"{variable} is not set"):
        etl_step("load")


@pytest.mark.parametrize(
    "lines",
    [
        [b"log\n", b'{"incident_ids": [3], "is_new": false, "message": "m", "remedy": "r"}\n'],
        ['log\n{"incident_ids": [3], "is_new": false, "message": "m", "remedy": "r"}\n'],
    ],
)
@pytest.mark.usefixtures("docker")
def test_a_container_that_stops_for_an_incident_names_it(monkeypatch, lines) -> None:
    step = etl_step("load")

    def fail(_self, _context):
        assert 65 in step.skip_on_exit_code
        raise DockerContainerFailedSkipException("skipped", logs=lines)

    monkeypatch.setattr(DockerOperator, "execute", fail)
    with pytest.raises(IntegrityStop, match="incident 3: m; r") as stopped:
        step.execute({})
    assert stopped.value.is_new is False
