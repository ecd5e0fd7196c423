from __future__ import annotations

import re

import pytest

from pulse.batch import batch_id

ALLOWED = re.compile(r"[A-Za-z0-9_.:+~-]{1,200}")
RUN_IDS = [
    "scheduled__2026-11-22T17:24:00+00:00",
    "manual__2026-11-22T17:24:00.123456+00:00_aB3dE5fG",
    "backfill__2026-11-22T17:24:00+00:00",
]
ODD_RUN_IDS = ["a b", "a_b ", "a'; rm -rf /; '", "$(id)", "Umsätze", "x" * 201, "x" * 250, "a/b", "a\nb", "", "🎉"]


@pytest.mark.parametrize("run_id", RUN_IDS)
def test_airflows_own_run_ids_are_batch_ids(run_id: str) -> None:
    assert batch_id(run_id) == run_id


@pytest.mark.parametrize("run_id", RUN_IDS)
def test_runs_of_two_dags_with_one_id_are_two_batches(run_id: str) -> None:
    assert batch_id(run_id, "etl_pipeline") == run_id
    assert batch_id(run_id, "etl_replay") == f"etl_replay:{run_id}"


@pytest.mark.parametrize("run_id", ODD_RUN_IDS)
def test_any_other_run_id_becomes_an_allowed_batch_id(run_id: str) -> None:
    assert ALLOWED.fullmatch(batch_id(run_id))
    assert ALLOWED.fullmatch(batch_id(run_id, "etl_replay"))
    assert batch_id(run_id) != batch_id(run_id, "etl_replay")


def test_two_run_ids_never_have_the_same_batch() -> None:
    alike = ["a b", "a\tb", "a_b", "a/b", "a\nb", "x" * 201, "x" * 202, "x" * 200]
    assert len({batch_id(run_id) for run_id in alike}) == len(alike)


def test_a_run_id_always_gives_the_same_batch() -> None:
    assert batch_id("a b") == "a_b~c8687a08aa5d6ed2"
