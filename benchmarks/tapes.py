"""What `tape` makes of irregular scalar graphs, against the scalar engine and against CasADi's SX functions.

CasADi's functions are called as one calls them, ``f(x)``, and their results taken as arrays: most of that time is the
call. Through memory that is handed over once (``f.buffer()``) they take a fifth of a tape's time.

A step is the value and its gradient at one point: by the inputs, and for the perceptrons by the parameters. Each engine
runs in a process of its own, of which pairs alternate; a row is the median over the pairs. ``python -m benchmarks.tapes
arm tape`` is such a process: it prints the CPU seconds of a step.
"""

import gc
import math
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isclose
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import autograd
from autograd import Value, tape
from benchmarks.framework import Workload, collector_off, cpu_time
from nn import MLP, squared_error

# The graphs. `f` has the functions of an engine: `f.sin(x)`.


def arm(angles: Sequence[Any], f: Any = autograd) -> Any:
    """How far the hand of a robot's arm is from where it should be."""
    x = y = turned = 0.0
    for angle in angles:
        turned = turned + angle
        x, y = x + 0.1 * f.cos(turned), y + 0.1 * f.sin(turned)
    return (x - 1.5) ** 2 + (y - 0.7) ** 2


def rosenbrock(x: Sequence[Any], f: Any = autograd) -> Any:
    total = 0.0
    for a, b in pairwise(x):
        total = total + 100 * (b - a * a) ** 2 + (1 - a) ** 2
    return total


def pendulum(state: Sequence[Any], f: Any = autograd) -> Any:
    """A pendulum with friction after 200 steps in time."""
    angle, speed = state
    for _ in range(200):
        speed = speed - 0.01 * (9.81 * f.sin(angle) + 0.1 * speed)
        angle = angle + 0.01 * speed
    return (angle - 1) ** 2 + speed * speed


def irregular(x: Sequence[Any], f: Any = autograd) -> Any:
    """Three hundred operations, each on two nodes drawn at random."""
    random = Random(0)
    nodes = list(x)
    for _ in range(300):
        a, b = random.choice(nodes), random.choice(nodes)
        drawn = random.randrange(6)
        if drawn == 0:
            nodes.append(a * b)
        elif drawn == 1:
            nodes.append(a + b)
        elif drawn == 2:
            nodes.append(a - b)
        elif drawn == 3:
            nodes.append(f.tanh(a))
        elif drawn == 4:
            nodes.append(f.sin(a) * b)
        else:
            nodes.append(a / (b * b + 1))
    total = nodes[-20]
    for node in nodes[-19:]:
        total = total + node
    return total


GRAPHS: dict[str, tuple[Callable[..., Any], list[float]]] = {
    "arm": (arm, [0.1] * 30),
    "rosenbrock": (rosenbrock, [0.5] * 100),
    "pendulum": (pendulum, [0.5, 0.1]),
    "irregular": (irregular, [0.3, -0.2, 0.7, 1.1, -0.6]),
}
PERCEPTRONS = "perceptrons"
POINT, TARGET = [0.3, -0.4], 1.0

# Engines. Each makes a step: a function that gives the value and the gradient.

Step = Callable[[], tuple[float, Sequence[float]]]


def by_scalars(graph: str, reset: Callable[[MLP], None] | None = None) -> Step:
    if graph == PERCEPTRONS:
        model = MLP(2, [16, 16, 1], autograd.tanh, seed=0)
        parameters = model.parameters()

        def trained() -> tuple[float, list[float]]:
            if reset is not None:
                reset(model)
            else:
                for parameter in parameters:
                    parameter.grad = 0.0
            loss = squared_error(model(POINT), TARGET)
            loss.backward()
            return loss.data, [parameter.grad or 0.0 for parameter in parameters]

        return trained
    function, point = GRAPHS[graph]

    def step() -> tuple[float, list[float]]:
        inputs = [Value(x) for x in point]
        output = function(inputs)
        output.backward()
        return output.data, [x.grad for x in inputs]

    return step


def by_tape(graph: str) -> Step:
    import numpy as np

    if graph == PERCEPTRONS:
        model = MLP(2, [16, 16, 1], autograd.tanh, seed=0)
        loss = tape(lambda x, y: squared_error(model(x), y), [0.0, 0.0], 0.0, parameters=model.parameters())
        return lambda: loss.value_and_gradients(POINT, TARGET)
    function, point = GRAPHS[graph]
    recorded, at = tape(function, point), np.array(point)
    return lambda: recorded.value_and_gradients_by_inputs(at)


def by_casadi(graph: str) -> Step:
    import casadi
    import numpy as np

    function, point = GRAPHS[graph]
    x = casadi.SX.sym("x", len(point))
    y = function([x[k] for k in range(len(point))], casadi)
    both, at = casadi.Function("both", [x], [y, casadi.gradient(y, x)]), np.array(point)

    def step() -> tuple[float, Any]:
        value, gradient = both(at)
        return float(value), gradient.full().ravel()

    return step


ENGINES = {
    "scalars": by_scalars,
    "scalars and zero_grad": lambda graph: by_scalars(graph, MLP.zero_grad),
    "tape": by_tape,
    "casadi": by_casadi,
}


def seconds(graph: str, engine: str) -> float:
    """CPU seconds of a step, in a new process, with the collector as it is here."""
    collector = "on" if gc.isenabled() else "off"
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.tapes", graph, engine, collector],
        cwd=Path(__file__).parent.parent,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(run.stdout)


@dataclass(frozen=True, kw_only=True)
class Replay(Workload):
    """How many times as long as the tape another engine takes; the other way round for an upper bound."""

    graph: str
    engine: str
    pairs: int = 5

    def check(self) -> None:
        value, gradient = by_tape(self.graph)()
        expected, slopes = ENGINES[self.engine](self.graph)()
        exact = self.engine != "casadi"  # to the last bit
        for a, b in zip((value, *gradient), (expected, *slopes), strict=True):
            assert a == b if exact else isclose(a, b, rel_tol=1e-12, abs_tol=1e-12), f"{self.work}: the results differ"
        assert math.isfinite(value)

    def measure(self) -> float:
        ratios = [seconds(self.graph, self.engine) / seconds(self.graph, "tape") for _ in range(self.pairs)]
        return median(1 / ratio for ratio in ratios) if self.at_most else median(ratios)


WORKLOADS = [
    Replay(work="tape, a robot's arm of 30 joints / scalars", graph="arm", engine="scalars", figure=15),
    Replay(work="tape, Rosenbrock's function of 100 / scalars", graph="rosenbrock", engine="scalars", figure=15),
    Replay(work="tape, a pendulum of 200 steps / scalars", graph="pendulum", engine="scalars", figure=15),
    Replay(work="tape, an irregular graph of 300 / scalars", graph="irregular", engine="scalars", figure=15),
    Replay(work="tape, perceptrons 2-16-16-1 / scalars", graph=PERCEPTRONS, engine="scalars", figure=10),
    Replay(
        work="tape, perceptrons 2-16-16-1 / scalars with model.zero_grad()",
        graph=PERCEPTRONS,
        engine="scalars and zero_grad",
    ),
    Replay(
        work="tape, a robot's arm of 30 joints: its time / that of CasADi's SX",
        graph="arm",
        engine="casadi",
        figure=1,
        at_most=True,
        needs=("casadi",),
    ),
]


if __name__ == "__main__":
    chosen_graph, chosen_engine, collecting = [*sys.argv[1:], "on"][:3]
    taken = ENGINES[chosen_engine](chosen_graph)
    if collecting == "on":
        print(cpu_time(taken))
    else:
        with collector_off():
            print(cpu_time(taken))
