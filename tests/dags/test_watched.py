"""pulse.watched with real processes and a real HTTP server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from conftest import DAGS
from pulse.watched import HUNG

QUICK = ["--every", "0.1", "--timeout", "0.5", "--silences", "3", "--start-seconds", "0.5", "--grace-seconds", "0.5"]


class Health:
    """The status and body that the server answers with."""

    def __init__(self) -> None:
        self.status = 200
        self.body: dict = {}
        self.asked = 0
        self.url = ""

    def is_(self, **components: str) -> None:
        self.body = {name: {"status": status} for name, status in components.items()}


@pytest.fixture
def health() -> Iterator[Health]:
    state = Health()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked += 1
            self.send_response(state.status)
            self.end_headers()
            self.wfile.write(json.dumps(state.body).encode())

        def log_message(self, *_: object) -> None:
            """Tests read the counter."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    state.url = f"http://127.0.0.1:{server.server_port}/health"
    yield state
    server.shutdown()
    server.server_close()


def start(health: Health, program: list[str], *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pulse.watched", "--health", health.url, *QUICK, *options, "--", *program]
    return subprocess.Popen(command, cwd=DAGS, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def asked_again(health: Health, times: int = 8) -> None:
    """Waits for further probes: more than the silences that would end the program."""
    target = health.asked + times
    deadline = time.monotonic() + 20
    while health.asked < target:
        assert time.monotonic() < deadline, "no probe arrives"
        time.sleep(0.02)


def is_running(process: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{process}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


SLEEPS = ["sh", "-c", "echo began; sleep 60 & echo $!; wait"]


def test_a_program_that_ends_gives_its_exit_code(health: Health) -> None:
    assert start(health, ["sh", "-c", "exit 7"]).wait(20) == 7


def test_a_program_that_answers_keeps_running_and_gets_signals(health: Health) -> None:
    watched = start(health, ["sh", "-c", "trap 'echo in order; exit 3' TERM; echo began; while :; do sleep 0.05; done"])
    asked_again(health)
    assert watched.poll() is None
    watched.send_signal(signal.SIGTERM)
    output, _ = watched.communicate(timeout=20)
    assert (output, watched.returncode) == ("began\nin order\n", 3)


def test_a_program_that_no_longer_answers_is_ended_with_its_children_even_if_stopped(health: Health) -> None:
    watched = start(health, SLEEPS)
    assert watched.stdout is not None
    assert watched.stdout.readline() == "began\n"
    child = int(watched.stdout.readline())
    asked_again(health)
    os.kill(child, signal.SIGSTOP)
    health.status = 500
    _, errors = watched.communicate(timeout=20)
    assert watched.returncode == HUNG
    assert "has not answered 3 times in a row" in errors
    assert not is_running(child)


def test_a_program_that_starts_has_time_to_answer(health: Health) -> None:
    health.status = 500
    watched = start(health, SLEEPS, "--start-seconds", "30")
    asked_again(health)
    assert watched.poll() is None
    health.status = 200
    asked_again(health)
    health.status = 500
    assert watched.wait(20) == HUNG


def test_a_component_is_ended_when_its_heartbeat_is_old(health: Health) -> None:
    health.is_(metadatabase="healthy", scheduler="healthy", dag_processor="unhealthy")
    watched = start(health, SLEEPS, "--component", "scheduler")
    asked_again(health)
    assert watched.poll() is None
    health.is_(metadatabase="healthy", scheduler="unhealthy", dag_processor="healthy")
    assert watched.wait(20) == HUNG


@pytest.mark.parametrize("away", ["the database", "the API server"])
def test_a_component_is_unknown_while_its_reporter_is_unavailable(health: Health, away: str) -> None:
    health.is_(metadatabase="healthy", scheduler="healthy")
    watched = start(health, SLEEPS, "--component", "scheduler")
    asked_again(health)
    if away == "the database":
        health.is_(metadatabase="unhealthy", scheduler="unhealthy")
    else:
        health.status = 503
    asked_again(health)
    assert watched.poll() is None
    watched.terminate()
    watched.communicate(timeout=20)
