"""micrograd's demo, one training step: two moons, a 2-16-16-1 network, max-margin loss and weight decay.

A step takes the loss over all 100 points, its gradients by the 337 parameters, and moves the parameters against them.
"""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from random import Random
from typing import Any

from autograd import Value, mean
from benchmarks.framework import Contestant, Race
from nn import MLP, SGD, hinge, l2

SIZES = [2, 16, 16, 1]
STRENGTH = 1e-4
LEARNING_RATE = 0.05


@cache
def moons() -> tuple[list[list[float]], list[int]]:
    """100 points (x, y) and the moon that each belongs to, 1 or -1."""
    from sklearn.datasets import make_moons

    points, labels = make_moons(100, noise=0.1, random_state=1337)
    return points.tolist(), [2 * label - 1 for label in labels.tolist()]


def initial_parameters() -> list[float]:
    """Numbers for a network's parameters: each neuron's weights, then its bias."""
    random = Random(0)
    neurons = [n_inputs for n_inputs, size in pairwise(SIZES) for _ in range(size)]
    return [random.uniform(-1, 1) if i < n_inputs else 0.0 for n_inputs in neurons for i in range(n_inputs + 1)]


class WithNN:
    """The way `nn` does it: a perceptron is one `dot` node and one activation."""

    def __init__(self) -> None:
        self.points, self.labels = moons()
        self.model = MLP(SIZES[0], SIZES[1:])
        self.parameters = self.model.parameters()
        for parameter, number in zip(self.parameters, initial_parameters(), strict=True):
            parameter.data = number
        self.optimizer = SGD(self.parameters, LEARNING_RATE)

    def step(self) -> float:
        losses = [hinge(self.model(x), y) for x, y in zip(self.points, self.labels, strict=True)]
        loss = mean(losses) + l2(self.parameters, STRENGTH)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.data

    def gradients(self) -> list[float]:
        return [parameter.grad or 0.0 for parameter in self.parameters]


class Spelled:
    """The same step written with the operators of scalars alone, for any library whose scalars have them.

    Args:
        scalar: makes a scalar of the library from a number.
        parameter: makes one that is to be trained; by default as `scalar` does.
        zero: the gradient that a parameter has before a backward pass.
    """

    def __init__(
        self, scalar: Callable[[float], Any], *, parameter: Callable[[float], Any] | None = None, zero: float | None = 0
    ) -> None:
        self.points, self.labels = moons()
        self.scalar, self.zero = scalar, zero
        self.parameters = [(parameter or scalar)(number) for number in initial_parameters()]
        rest = iter(self.parameters)
        self.layers = [
            [([next(rest) for _ in range(n_inputs)], next(rest)) for _ in range(size)]
            for n_inputs, size in pairwise(SIZES)
        ]

    def model(self, point: Sequence[float]) -> Any:
        *hidden, [(weights, bias)] = self.layers
        outputs = [self.scalar(x) for x in point]
        for layer in hidden:
            outputs = [(sum(w * x for w, x in zip(ws, outputs, strict=True)) + b).relu() for ws, b in layer]
        return sum(w * x for w, x in zip(weights, outputs, strict=True)) + bias

    def step(self) -> float:
        losses = [(1 - y * self.model(x)).relu() for x, y in zip(self.points, self.labels, strict=True)]
        loss = sum(losses) * (1 / len(losses)) + STRENGTH * sum(p * p for p in self.parameters)
        self._descend(loss)
        return float(loss.data)

    def _descend(self, loss: Any) -> None:
        for p in self.parameters:
            p.grad = self.zero
        loss.backward()
        for p in self.parameters:
            p.data -= LEARNING_RATE * p.grad

    def gradients(self) -> list[float]:
        return [float(p.grad) for p in self.parameters]


class WithMicrogradsNeurons(Spelled):
    """micrograd's own network, with its neurons."""

    def __init__(self) -> None:
        import micrograd.engine
        import micrograd.nn

        super().__init__(micrograd.engine.Value)
        self.network = micrograd.nn.MLP(SIZES[0], SIZES[1:])
        self.parameters = self.network.parameters()
        for parameter, number in zip(self.parameters, initial_parameters(), strict=True):
            parameter.data = number

    def model(self, point: Sequence[float]) -> Any:
        return self.network([self.scalar(x) for x in point])


def spelled_with_micrograd() -> Contestant:
    import micrograd.engine

    return Spelled(micrograd.engine.Value)


WORKLOADS = [
    Race(
        work="the moons, one step: micrograd's neurons against nn's perceptrons",
        ours=WithNN,
        peer=WithMicrogradsNeurons,
        figure=45,
        needs=("micrograd", "sklearn"),
    ),
    Race(
        work="the moons, one step: neurons as sum(w*x) + b, micrograd against autograd",
        ours=lambda: Spelled(Value),
        peer=spelled_with_micrograd,
        figure=5,
        needs=("micrograd", "sklearn"),
    ),
]
