"""The processes of a comparison: each gets pictures and answers with figures."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from truth import Picture

HERE = Path(__file__).resolve().parent
TURNS = 4
"""parts of the folder that each team does in one go; few, since a team of several waits for its last member"""


@dataclass
class Side:
    """One process, and what it answered."""

    name: str
    arguments: list[str]
    python: str = sys.executable
    environment: dict[str, str] = field(default_factory=dict)
    """what the program sets for its own processes"""
    start_seconds: float = 0.0
    answers: list[dict[str, Any]] = field(default_factory=list)

    def start(self) -> None:
        """Start the process and wait until its network is loaded."""
        started = time.perf_counter()
        environment = {**os.environ, "PYTHONPATH": str(HERE.parent), **self.environment}
        self.process = subprocess.Popen(
            [self.python, str(HERE / "sides.py"), *self.arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.facts = self._read()["facts"]
        self.start_seconds = time.perf_counter() - started

    def ask(self, path: Path) -> None:
        """Have one picture done and keep the answer."""
        assert self.process.stdin
        print(path, file=self.process.stdin, flush=True)
        self.answers.append(self._read())

    def stop(self) -> None:
        """End the process."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended early.")
        return dict(json.loads(line))

    def total(self, key: str) -> float:
        """Return the sum of one figure over all pictures."""
        return float(sum(answer[key] for answer in self.answers))


def run(sides: list[Side], pictures: list[Picture]) -> None:
    """Show every picture to every side, another one first each time."""
    for side in sides:
        side.start()
        side.ask(pictures[0].path)  # warm up: first use of memory, of code and of the file cache
        side.answers.clear()
    for index, picture in enumerate(pictures):
        turn = index % len(sides)
        for side in [*sides[turn:], *sides[:turn]]:
            side.ask(picture.path)
        print(f"\r{index + 1}/{len(pictures)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    for side in sides:
        side.stop()


@dataclass
class Team:
    """Processes that share the pictures of a folder, as a whole program does."""

    name: str
    members: list[Side]
    seconds: float = 0.0

    def work(self, paths: Sequence[Path]) -> None:
        """Do these pictures, each by whoever is free, and add the time it took."""
        left = list(reversed(paths))
        lock = threading.Lock()

        def help_out(member: Side) -> None:
            while True:
                with lock:
                    if not left:
                        return
                    path = left.pop()
                member.ask(path)

        helpers = [threading.Thread(target=help_out, args=(member,)) for member in self.members]
        started = time.perf_counter()
        for helper in helpers:
            helper.start()
        for helper in helpers:
            helper.join()
        self.seconds += time.perf_counter() - started

    def total(self, key: str) -> float:
        """Return the sum of one figure over all pictures and processes."""
        return sum(member.total(key) for member in self.members)

    def peak_mib(self) -> float:
        """Return the sum of the processes' peaks."""
        return float(sum(max((answer["peak_mib"] for answer in member.answers), default=0) for member in self.members))


def run_teams(teams: list[Team], pictures: list[Picture]) -> None:
    """Give every team all pictures, in `TURNS` equal parts, another one first each time."""
    for team in teams:
        for member in team.members:
            member.start()
            member.ask(pictures[0].path)
            member.answers.clear()
    for number in range(TURNS):
        part = [picture.path for picture in pictures[number::TURNS]]
        turn = number % len(teams)
        for team in [*teams[turn:], *teams[:turn]]:
            team.work(part)
        print(f"\r{number + 1}/{TURNS}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    for team in teams:
        for member in team.members:
            member.stop()
