"""What `vectorize` makes of scalar code, against the NumPy that a person would have written.

A step is the mean loss over a batch and its gradient at a flat array of parameters, and nothing else: the parameters
stay where they are. Two networks: micrograd's demo (see `benchmarks.moons`), and a 784-128-10 classifier in 32 bits
with a batch of 128.
"""

import gc
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from statistics import median
from time import process_time
from typing import Any

import numpy as np

from autograd import Value, vectorize
from benchmarks.framework import Measurement, Race, cpu_time
from benchmarks.moons import STRENGTH, initial_parameters, moons
from nn import MLP, cross_entropy, hinge, l2


class Arrays:
    """A contestant that computes loss and flat gradient of a batch by a function of (parameters, inputs, targets)."""

    def __init__(self, function: Any, parameters: Any, inputs: Any, targets: Any) -> None:
        self.function = function
        self.arguments = parameters, inputs, targets
        self.gradient: Any = None

    def step(self) -> float:
        loss, self.gradient = self.function(*self.arguments)
        return float(loss)

    def gradients(self) -> list[float]:
        numbers: list[float] = self.gradient.tolist()
        return numbers


# The moons. The flat array holds a layer's weights, row by row, and then its biases.


@cache
def moon_arrays() -> tuple[Any, Any, Any]:
    """Parameters, points and labels."""
    points, labels = moons()
    neurons = iter(initial_parameters())
    layers = []
    for n_inputs, size in ((2, 16), (16, 16), (16, 1)):
        rows = np.array([[next(neurons) for _ in range(n_inputs + 1)] for _ in range(size)])
        layers += [rows[:, :-1].ravel(), rows[:, -1]]
    return np.concatenate(layers), np.array(points), np.array(labels, float)


def moons_by_hand(parameters: Any, x: Any, y: Any) -> tuple[Any, Any]:
    W1, b1 = parameters[0:32].reshape(16, 2), parameters[32:48]
    W2, b2 = parameters[48:304].reshape(16, 16), parameters[304:320]
    w3, b3 = parameters[320:336], parameters[336]
    n1 = x @ W1.T + b1
    h1 = np.maximum(n1, 0)
    n2 = h1 @ W2.T + b2
    h2 = np.maximum(n2, 0)
    margin = 1 - y * (h2 @ w3 + b3)
    loss = np.maximum(margin, 0).mean() + STRENGTH * (parameters @ parameters)
    d_score = (margin > 0) * y / -len(x)
    d_n2 = d_score[:, None] * w3 * (n2 > 0)
    d_n1 = d_n2 @ W2 * (n1 > 0)
    layers = [d_n1.T @ x, d_n1.sum(axis=0), d_n2.T @ h1, d_n2.sum(axis=0), d_score @ h2, d_score.sum()]
    return loss, np.concatenate([layer.ravel() for layer in layers]) + 2 * STRENGTH * parameters


def moons_lifted() -> Arrays:
    model = MLP(2, [16, 16, 1])
    program = vectorize(lambda x, y: hinge(model(x), y) + l2(model.parameters(), STRENGTH), [0.0, 0.0], 1.0)

    def loss_and_gradient(parameters: Any, x: Any, y: Any) -> tuple[float, Any]:
        return program.value_and_gradients(x, y, at=parameters)

    return Arrays(loss_and_gradient, *moon_arrays())


# 784-128-10


@cache
def classifier_arrays() -> tuple[Any, Any, Any]:
    """Parameters, images and one-hot labels, of seeded noise: only their shapes matter here."""
    random = np.random.default_rng(0)
    parameters = random.normal(scale=0.05, size=784 * 128 + 128 + 128 * 10 + 10).astype(np.float32)
    labels = np.eye(10, dtype=np.float32)[random.integers(0, 10, 128)]
    return parameters, random.normal(size=(128, 784)).astype(np.float32), labels


def classifier_by_hand(parameters: Any, x: Any, y: Any) -> tuple[Any, Any]:
    W1, b1 = parameters[:100352].reshape(128, 784), parameters[100352:100480]
    W2, b2 = parameters[100480:101760].reshape(10, 128), parameters[101760:]
    n = x @ W1.T + b1
    h = np.maximum(n, 0)
    z = h @ W2.T + b2
    top = z.max(axis=1, keepdims=True)
    e = np.exp(z - top)
    total = e.sum(axis=1, keepdims=True)
    loss = (np.log(total[:, 0]) + top[:, 0] - (y * z).sum(axis=1)).mean()
    d_z = (e / total - y) / len(x)
    d_n = d_z @ W2 * (n > 0)
    return loss, np.concatenate([(d_n.T @ x).ravel(), d_n.sum(axis=0), (d_z.T @ h).ravel(), d_z.sum(axis=0)])


def classifier_lifted() -> Arrays:
    model = MLP(784, [128, 10])
    program = vectorize(lambda x, y: cross_entropy(model(x), y), [0.0] * 784, [0.0] * 10, dtype="float32")

    def loss_and_gradient(parameters: Any, x: Any, y: Any) -> tuple[float, Any]:
        return program.value_and_gradients(x, y, at=parameters)

    return Arrays(loss_and_gradient, *classifier_arrays())


def share_of_flop_rate() -> float:
    """Floating-point operations a second of the lifted classifier, over those of a product of large matrices."""
    a = classifier_arrays()[1][:, :768].T @ classifier_arrays()[1]  # (768, 784)
    square = a.T @ a  # (784, 784)
    products = 784 * 128 * 2 + 128 * 10 * 3  # forward and by the weights; the second layer's also by its inputs
    contestant = classifier_lifted()
    shares = []
    for _ in range(15):
        rate = 2 * 784**3 / cpu_time(lambda: square @ square)
        shares.append(2 * 128 * products / cpu_time(contestant.step) / rate)
    return median(shares)


# Lifting itself


def spelled(width: int) -> Callable[..., Any]:
    """A network of one hidden layer over 64 inputs, spelled out with + and *: 130 nodes for each hidden unit."""
    hidden = [[Value(0.5) for _ in range(64)] for _ in range(width)]
    last = [Value(0.5) for _ in range(width)]

    def score(x: Any) -> Any:
        return sum(
            w * sum(v * xi for v, xi in zip(row, x, strict=True)).tanh() for w, row in zip(last, hidden, strict=True)
        )

    return score


def lifting_seconds(function: Callable[..., Any], *example: Any) -> float:
    """CPU seconds for tracing and lifting."""
    gc.collect()
    start = process_time()
    vectorize(function, *example)
    return process_time() - start


def lifting_seconds_by_node(width: int) -> float:
    """CPU seconds a node for tracing and lifting."""
    return lifting_seconds(spelled(width), [0.0] * 64) / (130 * width)


def classifier_lifting_seconds() -> float:
    """CPU seconds for the classifier, of 204,635 nodes: the median of three."""
    model = MLP(784, [128, 10])
    return median(lifting_seconds(lambda x, y: cross_entropy(model(x), y), [0.0] * 784, [0.0] * 10) for _ in range(3))


def megabytes_of_a_million_nodes() -> float:
    """What a process takes that traces and lifts 10⁶ nodes, in MB, on Linux.

    `getrusage` would count what this process, its parent, has held.
    """
    code = (
        "from benchmarks.arrays import lifting_seconds, spelled\n"
        "lifting_seconds(spelled(7693), [0.0] * 64)\n"
        "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return int(run.stdout) / 1024


def check_lifted_source() -> None:
    """The lines do not grow with the width."""
    sources = [vectorize(MLP(3, [width, 2]), [0.0] * 3).source for width in (4, 1000)]
    assert sources[0].count("\n") == sources[1].count("\n")


WORKLOADS = [
    Race(
        work="the moons, loss and gradient: vectorize against hand-written NumPy",
        ours=moons_lifted,
        peer=lambda: Arrays(moons_by_hand, *moon_arrays()),
        figure=1.1,
        at_most=True,
        turns=15,
        needs=("sklearn",),
    ),
    Race(
        work="784-128-10, batch 128, 32 bits: vectorize against hand-written NumPy",
        ours=classifier_lifted,
        peer=lambda: Arrays(classifier_by_hand, *classifier_arrays()),
        figure=1.1,
        at_most=True,
        turns=15,
        tolerance=1e-3,
    ),
    Measurement(
        work="lifting, CPU time of a node: a network of 133,120 nodes over one of 4,160",
        checked_by=check_lifted_source,
        measured_by=lambda: lifting_seconds_by_node(1024) / lifting_seconds_by_node(32),
        figure=2,
        at_most=True,
    ),
    Measurement(
        work="784-128-10: floating-point operations a second, of those of a product of large matrices",
        checked_by=check_lifted_source,
        measured_by=lambda: 100 * share_of_flop_rate(),
        figure=70,
        unit=" %",
    ),
    Measurement(
        work="784-128-10: tracing and lifting 204,635 nodes",
        checked_by=check_lifted_source,
        measured_by=classifier_lifting_seconds,
        figure=1.2,
        at_most=True,
        unit=" s",
    ),
    Measurement(
        work="tracing and lifting a million nodes",
        checked_by=check_lifted_source,
        measured_by=lambda: lifting_seconds(spelled(7693), [0.0] * 64),
        figure=7,
        at_most=True,
        unit=" s",
    ),
    Measurement(
        work="tracing and lifting a million nodes: memory of the process",
        checked_by=check_lifted_source,
        measured_by=megabytes_of_a_million_nodes,
        figure=700,
        at_most=True,
        unit=" MB",
    ),
]
