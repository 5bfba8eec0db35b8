"""What `fit` takes beside its steps: the rest of an epoch, and what comes before the first one.

An epoch is one step on micrograd's demo (see `benchmarks.moons`), without its penalty. What it takes is the difference
between a long training and a short one, so that recording and lifting, which are done once, are not in it.
"""

import tracemalloc
from collections.abc import Callable
from statistics import median
from time import process_time
from typing import Any

import numpy as np

from autograd import vectorize
from benchmarks.framework import Measurement, cpu_time
from benchmarks.moons import moons
from nn import MLP, SGD, Adam, Optimizer, fit, hinge, squared_error

SHORT, LONG = 1100, 2000
"""Epochs. Between them `fit` does not look again at what the loss records, as it does after 1, 2, 4, … epochs."""


def epoch_against_a_step(make: Callable[[Any], Optimizer]) -> float:
    """How many times as long as `value_and_gradients` an epoch of one step takes."""
    points, labels = (np.array(column, float) for column in moons())
    model = MLP(2, [16, 16, 1], seed=0)
    program = vectorize(lambda x, y: hinge(model(x), y), points[0].tolist(), 1.0)
    theta = program.read()

    def trained(epochs: int) -> float:
        start = process_time()
        fit(model, points, labels, loss=hinge, optimizer=make(model.parameters()), epochs=epochs, progress=False)
        return process_time() - start

    def ratio() -> float:
        step = cpu_time(lambda: program.value_and_gradients(points, labels, at=theta))
        return (trained(LONG) - trained(SHORT)) / (LONG - SHORT) / step

    return median(ratio() for _ in range(7))


def big_data() -> tuple[Any, Any]:
    random = np.random.default_rng(0)
    return random.standard_normal((100_000, 20)), random.standard_normal(100_000)


def begin() -> None:
    """All that comes before the first step."""
    model = MLP(20, [16, 1], seed=0)
    fit(model, *DATA, loss=squared_error, optimizer=SGD(model.parameters(), 0.01), epochs=0, progress=False)


DATA = big_data()


def seconds_to_begin() -> float:
    return median(cpu_time(begin) for _ in range(3))


def memory_to_begin() -> float:
    """The most that is held on the way to the first step, beside the data, as a multiple of their size."""
    tracemalloc.start()
    try:
        begin()
        return tracemalloc.get_traced_memory()[1] / sum(column.nbytes for column in DATA)
    finally:
        tracemalloc.stop()


def check_loss() -> None:
    """The first loss of `fit` is that of the program."""
    points, labels = (np.array(column, float) for column in moons())
    model = MLP(2, [16, 16, 1], seed=0)
    expected = float(vectorize(lambda x, y: hinge(model(x), y), [0.0, 0.0], 1.0)(points, labels).mean())
    history = fit(model, points, labels, loss=hinge, optimizer=SGD(model.parameters(), 0.1), epochs=1, progress=False)
    assert abs(history.losses[0] - expected) < 1e-12


WORKLOADS = [
    Measurement(
        work="an epoch of one step of fit against value_and_gradients, the moons",
        checked_by=check_loss,
        measured_by=lambda: epoch_against_a_step(lambda parameters: SGD(parameters, 1e-9)),
        figure=1.3,
        at_most=True,
        needs=("sklearn",),
    ),
    Measurement(
        work="the same with Adam, whose rule is a dozen operations on arrays",
        checked_by=check_loss,
        measured_by=lambda: epoch_against_a_step(lambda parameters: Adam(parameters, 1e-9)),
        at_most=True,
        needs=("sklearn",),
    ),
    Measurement(
        work="before the first step of fit on 100,000 × 20 numbers, CPU time",
        checked_by=begin,
        measured_by=seconds_to_begin,
        figure=1.5,
        at_most=True,
        unit=" s",
    ),
    Measurement(
        work="memory before the first step of fit on 100,000 × 20 numbers, beside the data, in their size",
        checked_by=begin,
        measured_by=memory_to_begin,
        figure=1,
        at_most=True,
    ),
]
