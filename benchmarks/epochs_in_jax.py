"""Epochs of `benchmarks.moons` in `fit(engine="jax")`: against a `lax.scan` written by hand, and PyTorch, eager.

A step is `EPOCHS` epochs of one step of gradient descent each, as `fit` takes them between two updates of its bar. They
are compiled before the first one; what that costs is told in epochs of engine "numpy".
"""

from functools import cache
from itertools import islice
from math import isfinite
from time import process_time
from typing import Any

from autograd.lifting.under_jax import with_float64
from benchmarks.arrays import moon_arrays
from benchmarks.arrays_in_torch import Tensors, moons_in_torch
from benchmarks.framework import Measurement, Race, cpu_time
from benchmarks.moons import LEARNING_RATE, SIZES, STRENGTH, initial_parameters
from nn import MLP, SGD, hinge, l2
from nn.array_engine import Arrays
from nn.data import Data
from nn.device_engine import OnDevices
from nn.draws import Chance
from nn.engine import Plans
from nn.targets import LossOfModel

EPOCHS = 1000


class Epochs:
    """A contestant that runs epochs on an engine of `fit`."""

    def __init__(self, engine: type[Arrays], epochs: int = EPOCHS) -> None:
        _, points, labels = moon_arrays()
        model = MLP(SIZES[0], SIZES[1:])
        parameters = model.parameters()
        for parameter, number in zip(parameters, initial_parameters(), strict=True):
            parameter.data = number
        optimizer, data, chance = SGD(parameters, LEARNING_RATE), Data(points, labels), Chance(0)
        loss = LossOfModel(model, lambda output, label: hinge(output, label) + l2(parameters, STRENGTH))
        self.engine = engine(loss, optimizer, data, None, chance)
        self.plans = Plans(1, data, len(data), chance, optimizer, None)
        self.epochs = epochs

    def step(self) -> float:
        return self.engine.run(islice(self.plans, self.epochs))[-1]

    def gradients(self) -> list[float]:
        numbers: list[float] = self.engine._learnt[2].tolist()
        return numbers


class ScanByHand:
    """The same in JAX, as a person would write it, with the gradient that JAX takes."""

    def __init__(self) -> None:
        import jax

        np = jax.numpy

        def loss(parameters: Any, x: Any, y: Any) -> Any:
            W1, b1 = parameters[0:32].reshape(16, 2), parameters[32:48]
            W2, b2 = parameters[48:304].reshape(16, 16), parameters[304:320]
            w3, b3 = parameters[320:336], parameters[336]
            score = np.maximum(np.maximum(x @ W1.T + b1, 0) @ W2.T + b2, 0) @ w3 + b3
            return np.maximum(1 - y * score, 0).mean() + STRENGTH * (parameters @ parameters)

        def descend(carry: Any, _: Any, x: Any, y: Any) -> tuple[Any, Any]:
            parameters, _ = carry
            value, gradient = jax.value_and_grad(loss)(parameters, x, y)
            return (parameters - LEARNING_RATE * gradient, gradient), value

        def run(carry: Any, x: Any, y: Any) -> Any:
            return jax.lax.scan(lambda carry, _: descend(carry, _, x, y), carry, length=EPOCHS)

        self.run = jax.jit(run)
        self.float64 = lambda: with_float64(jax)
        with self.float64():
            parameters, *self.data = map(np.asarray, moon_arrays())
            self.carry = parameters, np.zeros_like(parameters)

    def step(self) -> float:
        with self.float64():
            self.carry, losses = self.run(self.carry, *self.data)
            return float(losses[-1])

    def gradients(self) -> list[float]:
        numbers: list[float] = self.carry[1].tolist()
        return numbers


class InTorch:
    """The same in PyTorch, eager."""

    def __init__(self) -> None:
        self.network: Tensors = moons_in_torch()

    def step(self) -> float:
        import torch

        for _ in range(EPOCHS):
            value = self.network.step()
            with torch.no_grad():
                for layer in self.network.layers:
                    layer -= LEARNING_RATE * layer.grad
        return value

    def gradients(self) -> list[float]:
        return self.network.gradients()


@cache
def costs() -> dict[str, float]:
    """CPU seconds: of an epoch with arrays and on devices, of tracing and lifting, and of compiling."""
    start = process_time()
    arrays = Epochs(Arrays)
    lifted = process_time()
    devices = Epochs(OnDevices)
    begun = process_time()
    devices.step()
    compiled = process_time()
    found = {"arrays": cpu_time(arrays.step) / EPOCHS, "devices": cpu_time(devices.step) / EPOCHS}
    return found | {"lifting": lifted - start, "compiling": compiled - begun - EPOCHS * found["devices"]}


def pays_after() -> float:
    found = costs()
    return found["compiling"] / (found["arrays"] - found["devices"])


def check_costs() -> None:
    assert isfinite(Epochs(OnDevices, 2).step())


WORKLOADS = [
    Race(
        work='the moons, 1000 epochs: fit(engine="jax") against a lax.scan by hand',
        ours=lambda: Epochs(OnDevices),
        peer=ScanByHand,
        figure=1.1,
        at_most=True,
        turns=15,
        needs=("jax", "sklearn"),
    ),
    Race(
        work='the moons, 1000 epochs: PyTorch eager against fit(engine="jax")',
        ours=lambda: Epochs(OnDevices),
        peer=InTorch,
        figure=15,
        needs=("jax", "torch", "sklearn"),
    ),
    Measurement(
        work="the moons: tracing and lifting, in epochs with arrays",
        checked_by=check_costs,
        measured_by=lambda: costs()["lifting"] / costs()["arrays"],
        unit=" epochs",
        needs=("jax", "sklearn"),
    ),
    Measurement(
        work="the moons: XLA's compilation, in epochs with arrays",
        checked_by=check_costs,
        measured_by=lambda: costs()["compiling"] / costs()["arrays"],
        unit=" epochs",
        needs=("jax", "sklearn"),
    ),
    Measurement(
        work='the moons: epochs after which fit(engine="jax") has paid for its compilation',
        checked_by=check_costs,
        measured_by=pays_after,
        unit=" epochs",
        needs=("jax", "sklearn"),
    ),
]
