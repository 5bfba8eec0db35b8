"""The networks of `benchmarks.arrays` in PyTorch, eager, on one thread."""

from collections.abc import Callable
from math import prod
from typing import Any

from benchmarks.arrays import classifier_arrays, classifier_lifted, moon_arrays, moons_lifted
from benchmarks.framework import Race
from benchmarks.moons import STRENGTH


class Tensors:
    """A contestant in PyTorch: a loss of (tensors of the layers, inputs, targets), and its backward.

    Args:
        loss: the function.
        arrays: flat parameters, inputs and targets.
        shapes: of the tensors that the flat parameters are cut into; in PyTorch a layer has tensors of its own.
    """

    def __init__(self, loss: Callable[..., Any], arrays: tuple[Any, Any, Any], shapes: list[tuple[int, ...]]) -> None:
        import torch

        torch.set_num_threads(1)
        parameters, inputs, targets = (torch.tensor(array) for array in arrays)
        parts = parameters.split([prod(shape) for shape in shapes])
        self.layers = [part.reshape(shape).clone().requires_grad_() for part, shape in zip(parts, shapes, strict=True)]
        self.loss, self.arguments = loss, (inputs, targets)

    def step(self) -> float:
        for layer in self.layers:
            layer.grad = None
        loss = self.loss(self.layers, *self.arguments)
        loss.backward()
        return float(loss.item())

    def gradients(self) -> list[float]:
        return [number for layer in self.layers for number in layer.grad.flatten().tolist()]


def moons_in_torch() -> Tensors:
    import torch

    def loss(layers: list[Any], x: Any, y: Any) -> Any:
        W1, b1, W2, b2, w3, b3 = layers
        score = torch.relu(torch.relu(x @ W1.T + b1) @ W2.T + b2) @ w3 + b3
        decay = sum((layer * layer).sum() for layer in layers)
        return torch.relu(1 - y * score).mean() + STRENGTH * decay

    return Tensors(loss, moon_arrays(), [(16, 2), (16,), (16, 16), (16,), (16,), ()])


def classifier_in_torch() -> Tensors:
    import torch

    def loss(layers: list[Any], x: Any, y: Any) -> Any:
        W1, b1, W2, b2 = layers
        return torch.nn.functional.cross_entropy(torch.relu(x @ W1.T + b1) @ W2.T + b2, y)

    return Tensors(loss, classifier_arrays(), [(128, 784), (128,), (10, 128), (10,)])


WORKLOADS = [
    Race(
        work="the moons, loss and gradient: PyTorch eager against vectorize",
        ours=moons_lifted,
        peer=moons_in_torch,
        figure=3,
        turns=15,
        needs=("torch", "sklearn"),
    ),
    Race(
        work="784-128-10, batch 128, 32 bits: vectorize against PyTorch eager",
        ours=classifier_lifted,
        peer=classifier_in_torch,
        figure=0.8,
        at_most=True,
        turns=15,
        tolerance=1e-3,
        needs=("torch",),
    ),
]
