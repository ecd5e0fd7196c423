"""Runs a program and ends it when it no longer answers, so that a restart policy restarts it.

    python -m pulse.watched --health URL [--component NAME] -- PROGRAM [ARGUMENT ...]

A container's restart policy does not see that a program hangs, and a failed health check has no effect. A container's
first process can not be killed from inside, so the program is a child of this one.

URL is probed every few seconds. With a component, the answer is that of Airflow's `/api/v2/monitor/health` and reports
on that component; it is unknown if nothing answers or if the metadata database is unavailable. Without a component, any
HTTP 200 is an answer.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from urllib.request import ProxyHandler, build_opener

# The exit code after the program was ended because it did not answer: temporary, as for the etl command.
HUNG = 75

_PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP)
_OPENER = build_opener(ProxyHandler({}))


def answers(url: str, component: str | None, timeout: float) -> bool | None:
    """Whether the program answers; None if that is unknown."""
    try:
        with _OPENER.open(url, timeout=timeout) as response:
            body = response.read()
        if component is None:
            return True
        health = json.loads(body)
        if health["metadatabase"]["status"] != "healthy":
            return None
        return health[component]["status"] == "healthy"
    except Exception:  # noqa: BLE001 - any error means no answer
        return False if component is None else None


class Watched:
    """A program in its own process group, which gets the signals of this process."""

    def __init__(self, program: Sequence[str]) -> None:
        self.is_stopping = False
        self._child = subprocess.Popen(program, start_new_session=True)  # noqa: S603 - the caller chooses the program
        for number in _PASSED_ON:
            signal.signal(number, self._pass_on)

    def _pass_on(self, number: int, _frame: object) -> None:
        self.is_stopping = True
        self._signal(number)

    def _signal(self, number: int) -> None:
        try:
            os.killpg(self._child.pid, number)
        except ProcessLookupError:
            return

    def ended_within(self, seconds: float) -> int | None:
        """Its exit code as a shell reports it; None while it runs."""
        try:
            code = self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        return code if code >= 0 else 128 - code

    def end(self, grace_seconds: float) -> None:
        """Sends SIGTERM, then kills the program and its whole group."""
        self._signal(signal.SIGTERM)
        self.ended_within(grace_seconds)
        self._signal(signal.SIGKILL)
        self._child.wait()


def watch(watched: Watched, options: argparse.Namespace) -> int:
    """Waits until the program ends or has been silent too often in a row. Returns the exit code."""
    name = " ".join(options.program)
    silent = 0
    # After a start silence does not count, until the first answer.
    starts_until = time.monotonic() + options.start_seconds
    while (code := watched.ended_within(options.every)) is None:
        if watched.is_stopping:
            continue
        finding = answers(options.health, options.component, options.timeout)
        if finding:
            silent, starts_until = 0, 0.0
        elif finding is False and time.monotonic() >= starts_until:
            silent += 1
        if silent >= options.silences:
            sys.stderr.write(f"{name} has not answered {silent} times in a row ({options.health}): ending it\n")
            watched.end(options.grace_seconds)
            return HUNG
    return code


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="watched", description=__doc__)
    parser.add_argument("--health", required=True, help="the address to probe")
    parser.add_argument("--component", help="the part of the answer about the program")
    parser.add_argument("--every", type=float, default=5, help="seconds between two probes")
    parser.add_argument("--timeout", type=float, default=5, help="seconds to wait for an answer")
    parser.add_argument("--silences", type=int, default=9, help="silences in a row that end the program")
    parser.add_argument("--start-seconds", type=float, default=180, help="seconds that a start may take")
    parser.add_argument("--grace-seconds", type=float, default=10, help="seconds between SIGTERM and SIGKILL")
    parser.add_argument("program", nargs="+")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    options = parse(arguments)
    return watch(Watched(options.program), options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
