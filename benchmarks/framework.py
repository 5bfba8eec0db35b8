"""What a row of the table is, and how it is measured.

The protocol:

* The contestants of a row run in one process, in turns (A B A B …), and a row is the median over the turns of the
  ratio of their times: what else the machine does falls on both. A time is
  printed only of what has no peer, as tracing and lifting.
* Time is the process's CPU time. A turn repeats a step until it has lasted `SHORTEST_TURN`.
* Threads are fixed to one, everywhere. A package is imported when its first row comes, for the objects that it holds
  would be the collector's work in every row.
* The first column has the garbage collector as Python sets it; the second has it off. Either way, garbage is collected
  before each turn, outside its time, so that none pays for what another left behind; then a step goes untimed, so that
  the time is that of a loop in its course, in which a step also pays for what the step before it left behind.
* Before any timing, the contestants take some steps and must give the same losses and the same gradients.
"""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from math import isclose
from statistics import median
from time import process_time
from typing import Protocol

SHORTEST_TURN = 0.1
"""Seconds of CPU time."""


class Contestant(Protocol):
    """One side of a race: something that can take the same step again and again."""

    def step(self) -> float:
        """Take a step and return the loss that it began with."""

    def gradients(self) -> list[float]:
        """The gradients that the last step computed, in an order common to all contestants."""


@dataclass(frozen=True, kw_only=True)
class Workload:
    """One row of the table."""

    work: str
    """What the row says."""
    figure: float | None = None
    """What the measured number is to reach; None for a row that only informs."""
    at_most: bool = False
    """Whether the figure is an upper bound."""
    unit: str = "×"
    needs: tuple[str, ...] = ()
    """Packages without which the row is left out."""

    def missing(self) -> list[str]:
        """The packages that the row needs and that are not installed."""
        return [package for package in self.needs if find_spec(package) is None]

    def check(self) -> None:
        """AssertionError unless what is to be measured computes what it should."""
        raise NotImplementedError

    def measure(self) -> float:
        """The number in the table, with the garbage collector as the caller set it."""
        raise NotImplementedError

    def met(self, number: float) -> str:
        """Whether a measured number reaches the figure, in a word."""
        if self.figure is None:
            return ""
        return "met" if (number <= self.figure if self.at_most else number >= self.figure) else "NOT MET"


@dataclass(frozen=True, kw_only=True)
class Race(Workload):
    """How many times as long as `ours` the `peer` takes for a step; the other way round for an upper bound.

    Each is a function that makes a contestant.
    """

    ours: Callable[[], Contestant]
    peer: Callable[[], Contestant]
    turns: int = 5
    tolerance: float = 1e-7
    """How far the gradients may differ, relatively, and the losses a hundredth of that."""

    def check(self) -> None:
        ours, peer = self.ours(), self.peer()
        for _ in range(2):
            assert isclose(ours.step(), peer.step(), rel_tol=self.tolerance / 100), f"{self.work}: the losses differ"
            pairs = zip(ours.gradients(), peer.gradients(), strict=True)
            near = self.tolerance * 1e-5
            same = all(isclose(a, b, rel_tol=self.tolerance, abs_tol=near) for a, b in pairs)
            assert same, f"{self.work}: the gradients differ"

    def measure(self) -> float:
        ours, peer = self.ours(), self.peer()
        ratios = [cpu_time(peer.step) / cpu_time(ours.step) for _ in range(self.turns)]
        return median(1 / ratio for ratio in ratios) if self.at_most else median(ratios)


@dataclass(frozen=True, kw_only=True)
class Measurement(Workload):
    """A number that a function gives, after a check by another."""

    checked_by: Callable[[], None]
    measured_by: Callable[[], float]

    def check(self) -> None:
        self.checked_by()

    def measure(self) -> float:
        return self.measured_by()


def cpu_time(step: Callable[[], object]) -> float:
    """CPU seconds of a step: the mean over one turn."""
    gc.collect()
    step()
    steps, start = 0, process_time()
    while True:
        step()
        steps += 1
        elapsed = process_time() - start
        if elapsed >= SHORTEST_TURN:
            return elapsed / steps


@contextmanager
def collector_off() -> Iterator[None]:
    """The garbage collector is off inside, and then as it was before."""
    was_on = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def fix_threads() -> str:
    """One thread for everything that could use more; returns a line that says so. Call it before NumPy is imported."""
    settings = {
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    }
    os.environ.update(settings)
    return ", ".join(f"{name}={value}" for name, value in settings.items()) + ", torch.set_num_threads(1)"
