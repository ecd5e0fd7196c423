"""Runs a program and ends it once it no longer answers, so that what restarts ended programs has something to do.

    python -m pulse.watched --health URL [--component NAME] -- PROGRAM [ARGUMENT ...]

A restart policy of containers knows nothing of a program that hangs, and a container's health check changes nothing. A
container's first process can not be killed from inside either, so the program is a child of this one.

URL is asked every few seconds. With a component, the answer is that of Airflow's `/api/v2/monitor/health`, and tells
of the component: where nobody answers, or the answer is that the metadata database is away, nothing is known of it.
Without one, any answer of HTTP 200 is an answer.
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

# What the container ends with when its program was ended for its silence: temporary, as the etl command has it.
HUNG = 75

_PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP)
_OPENER = build_opener(ProxyHandler({}))


def answers(url: str, component: str | None, timeout: float) -> bool | None:
    """Whether the program answers; None where that can not be known."""
    try:
        with _OPENER.open(url, timeout=timeout) as response:
            body = response.read()
        if component is None:
            return True
        health = json.loads(body)
        if health["metadatabase"]["status"] != "healthy":
            return None
        return health[component]["status"] == "healthy"
    except Exception:  # noqa: BLE001 - whatever it is, it is no answer
        return False if component is None else None


class Watched:
    """A program in a process group of its own, which gets the signals of this process."""

    def __init__(self, program: Sequence[str]) -> None:
        self.is_stopping = False
        self._child = subprocess.Popen(program, start_new_session=True)  # noqa: S603 - the program is our caller's
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
        """Its exit code, as a shell has it; None while it runs."""
        try:
            code = self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        return code if code >= 0 else 128 - code

    def end(self, grace_seconds: float) -> None:
        """Asks it to stop, then kills it and all of its group."""
        self._signal(signal.SIGTERM)
        self.ended_within(grace_seconds)
        self._signal(signal.SIGKILL)
        self._child.wait()


def watch(watched: Watched, options: argparse.Namespace) -> int:
    """Waits for the end of the program, or for so many silences in a row. Gives the exit code."""
    name = " ".join(options.program)
    silent = 0
    # A program that starts is given its time, up to its first answer.
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
            sys.stderr.write(f"{name} has not answered {silent} times in a row ({options.health}): it is ended\n")
            watched.end(options.grace_seconds)
            return HUNG
    return code


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="watched", description=__doc__)
    parser.add_argument("--health", required=True, help="the address that is asked")
    parser.add_argument("--component", help="the part of the answer that tells of the program")
    parser.add_argument("--every", type=float, default=5, help="seconds between two questions")
    parser.add_argument("--timeout", type=float, default=5, help="seconds that an answer may take")
    parser.add_argument("--silences", type=int, default=9, help="so many in a row end the program")
    parser.add_argument("--start-seconds", type=float, default=180, help="what a start may take")
    parser.add_argument("--grace-seconds", type=float, default=10, help="between SIGTERM and SIGKILL")
    parser.add_argument("program", nargs="+")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    options = parse(arguments)
    return watch(Watched(options.program), options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
