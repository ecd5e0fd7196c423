"""Rules for every DAG of the folder, also for new ones."""

from __future__ import annotations

import time
from datetime import timedelta

from conftest import DAGS

# Its command has a limit that grows with the facts.
LIMITS_ITSELF = {"etl_reconcile"}


def every_task(dag_bag):
    return [task for dag in dag_bag.dags.values() for task in dag.tasks]


def test_every_dag_file_imports(dag_bag) -> None:
    assert dag_bag.import_errors == {}
    assert "etl_pipeline" in dag_bag.dags


def test_a_dag_file_is_parsed_in_well_under_a_second(dag_bag) -> None:
    from airflow.dag_processing.dagbag import DagBag

    assert dag_bag.dags
    began = time.perf_counter()
    DagBag(str(DAGS))
    assert time.perf_counter() - began < 1.0


def test_only_dag_files_are_scanned(dag_bag) -> None:
    scanned = {stat.file.lstrip("/") for stat in dag_bag.dagbag_stats}
    assert scanned == {path.name for path in DAGS.glob("*.py") if path.name != "airflow_local_settings.py"}


def test_every_dag_has_a_description_tags_and_documentation(dag_bag) -> None:
    for dag in dag_bag.dags.values():
        assert dag.description, dag.dag_id
        assert dag.tags, dag.dag_id
        assert "docs/RUNBOOK.md" in (dag.doc_md or ""), dag.dag_id


def test_every_dag_runs_one_run_at_a_time_and_never_catches_up(dag_bag) -> None:
    for dag in dag_bag.dags.values():
        assert dag.max_active_runs == 1, dag.dag_id
        assert dag.catchup is False, dag.dag_id
        assert dag.is_paused_upon_creation is False, dag.dag_id
        assert dag.dagrun_timeout is not None, dag.dag_id
        assert dag.deadline, dag.dag_id


def test_every_task_has_documentation_and_an_owner(dag_bag) -> None:
    for task in every_task(dag_bag):
        assert task.doc_md, task.task_id
        assert task.owner == "global-sales-pulse", task.task_id


def test_every_task_retries_with_bounded_back_off_and_reports_its_failure(dag_bag) -> None:
    for task in every_task(dag_bag):
        assert 1 <= task.retries <= 10, task.task_id
        assert task.retry_exponential_backoff > 1, task.task_id
        assert task.max_retry_delay <= timedelta(seconds=30), task.task_id
        if task.dag_id not in LIMITS_ITSELF:
            # The clean-up of Airflow's metadata may go table by table.
            minutes = 40 if task.task_id == "clean_airflow_metadata" else 10
            assert task.execution_timeout <= timedelta(minutes=minutes), task.task_id
        assert task.on_failure_callback, task.task_id


def test_the_pipeline_is_four_steps_in_a_row(dag_bag) -> None:
    dag = dag_bag.dags["etl_pipeline"]
    assert {task.task_id: task.downstream_task_ids for task in dag.tasks} == {
        "extract": {"validate"},
        "validate": {"transform"},
        "transform": {"load"},
        "load": set(),
    }


def test_lineage_leads_from_the_topic_to_the_tables(dag_bag) -> None:
    dag = dag_bag.dags["etl_pipeline"]
    inlets = {asset.name for task in dag.tasks for asset in task.inlets}
    outlets = {asset.name for task in dag.tasks for asset in task.outlets}
    assert inlets == {
        "kafka.transactions",
        "warehouse.customer_profiles",
        "warehouse.exchange_rates",
        "warehouse.tax_rates",
    }
    assert outlets == {
        "warehouse.transactions",
        "warehouse.rejected_transactions",
        "warehouse.fraud_alerts",
        "warehouse.customer_profiles",
        "warehouse.customer_days",
        "warehouse.sales_per_minute",
        "warehouse.sales_per_hour",
        "warehouse.tax_per_day",
    }


def test_the_etl_part_of_every_dag_comes_from_the_factory(dag_bag) -> None:
    def commands(dag_id: str) -> list[list[str]]:
        return [task.command[1:3] for task in dag_bag.dags[dag_id].tasks if hasattr(task, "command")]

    assert commands("etl_replay") == [["rejected", "replay"]]
    assert commands("etl_reconcile") == [["reconcile", "--json"]]
    assert commands("etl_fraud_evaluate") == [["fraud", "evaluate"]]
    assert commands("etl_maintenance") == [["maintain", "--json"]]


def test_upkeep_runs_once_a_day_and_a_replay_only_on_request(dag_bag) -> None:
    def expression(dag_id: str) -> str | None:
        return getattr(dag_bag.dags[dag_id].timetable, "expression", None)

    assert expression("etl_reconcile") == "10 3 * * *"
    assert expression("etl_maintenance") == "40 3 * * *"
    assert expression("etl_fraud_evaluate") == "10 4 * * *"
    assert expression("etl_replay") is None


def test_a_reconciliation_of_many_facts_is_not_ended_before_the_next_day(dag_bag) -> None:
    dag = dag_bag.dags["etl_reconcile"]
    (task,) = dag.tasks
    assert timedelta(hours=20) < task.execution_timeout < timedelta(days=1)
    assert timedelta(hours=20) < dag.dagrun_timeout < timedelta(days=1)
