"""Attention, recurrent cells, a convolution, a pendulum: what `vectorize` makes of their scalar code, against PyTorch
eager on whole arrays, both on one thread and in 64 bits.

The parameters of either side are those of the program, by their names; a step is the mean loss and all gradients.
"""

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

import numpy as np

from autograd import Value, dot, mean, relu, sigmoid, softmax, sum, tanh, vectorize  # noqa: A004
from benchmarks.framework import Race

BATCH = 32

Case = tuple[Callable[..., Any], list[Any], dict[str, tuple[int, ...]], Callable[..., Any]]
"""A scalar loss, arrays for it, the shapes of its parameters by name, and the loss of tensors of these."""


def parameters(shapes: dict[str, tuple[int, ...]]) -> dict[str, Any]:
    """Nested lists of Values, each named by its place."""
    random = Random(0)

    def made(name: str, shape: tuple[int, ...]) -> Any:
        if not shape:
            return Value(random.gauss(0, 0.3), name)
        return [made(f"{name}.{place}", shape[1:]) for place in range(shape[0])]

    return {name: made(name, shape) for name, shape in shapes.items()}


def data(*shape: int) -> Any:
    return np.random.default_rng(len(shape)).normal(size=(BATCH, *shape))


def attention(tokens: int, width: int = 16) -> Case:
    shapes = dict.fromkeys(("Q", "K", "V"), (width, width))
    W = parameters(shapes)

    def loss(x: Any, y: Any) -> Any:
        Q, K, V = ([[dot(row, token) for row in W[name]] for token in x] for name in "QKV")
        weights = [softmax([dot(q, k) / width**0.5 for k in K]) for q in Q]
        out = [[tanh(dot(row, column)) for column in zip(*V, strict=True)] for row in weights]
        return sum([(mean(column) - target) ** 2 for column, target in zip(zip(*out, strict=True), y, strict=True)])

    def in_torch(torch: Any, W: dict[str, Any], x: Any, y: Any) -> Any:
        Q, K, V = (x @ W[name].T for name in "QKV")
        out = torch.tanh(torch.softmax(Q @ K.transpose(1, 2) / width**0.5, dim=-1) @ V)
        return ((out.mean(dim=1) - y) ** 2).sum(dim=-1).mean()

    return loss, [data(tokens, width), data(width)], shapes, in_torch


def recurrent_network(steps: int, width: int = 16) -> Case:
    shapes: dict[str, tuple[int, ...]] = {"U": (width, 4), "W": (width, width), "b": (width,), "v": (width,)}
    P = parameters(shapes)

    def loss(xs: Any, y: Any) -> Any:
        state = [0.0] * width
        for x in xs:
            rows = zip(P["W"], P["U"], P["b"], strict=True)
            state = [tanh(dot(w, state) + dot(u, x) + bias) for w, u, bias in rows]
        return (dot(P["v"], state) - y) ** 2

    def in_torch(torch: Any, P: dict[str, Any], xs: Any, y: Any) -> Any:
        state = torch.zeros(BATCH, width, dtype=xs.dtype)
        for t in range(steps):
            state = torch.tanh(state @ P["W"].T + xs[:, t] @ P["U"].T + P["b"])
        return ((state @ P["v"] - y) ** 2).mean()

    return loss, [data(steps, 4), data()], shapes, in_torch


def long_short_term_memory(steps: int, width: int = 16) -> Case:
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys("fiog", (width, 4 + width)) | {"v": (width,)}
    P = parameters(shapes)

    def loss(xs: Any, y: Any) -> Any:
        h, c = [0.0] * width, [0.0] * width
        for x in xs:
            f, i, o, g = ([dot(row, [*x, *h]) for row in P[gate]] for gate in "fiog")
            cells = zip(f, c, i, g, strict=True)
            c = [sigmoid(p) * q + sigmoid(r) * tanh(s) for p, q, r, s in cells]
            h = [sigmoid(p) * tanh(q) for p, q in zip(o, c, strict=True)]
        return (dot(P["v"], h) - y) ** 2

    def in_torch(torch: Any, P: dict[str, Any], xs: Any, y: Any) -> Any:
        h, c = (torch.zeros(BATCH, width, dtype=xs.dtype) for _ in range(2))
        W = torch.cat([P[gate] for gate in "fiog"])
        for t in range(steps):
            f, i, o, g = (torch.cat([xs[:, t], h], dim=1) @ W.T).chunk(4, dim=1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
        return ((h @ P["v"] - y) ** 2).mean()

    return loss, [data(steps, 4), data()], shapes, in_torch


def convolution(size: int, kernels: int = 8) -> Case:
    shapes: dict[str, tuple[int, ...]] = {"k": (kernels, 3, 3), "b": (kernels,)}
    P = parameters(shapes)

    def loss(image: Any) -> Any:
        places = [(r, c) for r in range(size - 2) for c in range(size - 2)]
        patches = [[image[r + i][c + j] for i in range(3) for j in range(3)] for r, c in places]
        flat = [[w for row in kernel for w in row] for kernel in P["k"]]
        maps = [[relu(dot(k, patch, b)) for patch in patches] for k, b in zip(flat, P["b"], strict=True)]
        return sum([mean(m) ** 2 for m in maps])

    def in_torch(torch: Any, P: dict[str, Any], image: Any) -> Any:
        maps = torch.relu(torch.nn.functional.conv2d(image[:, None], P["k"][:, None], P["b"]))
        return (maps.mean(dim=(2, 3)) ** 2).sum(dim=1).mean()

    return loss, [data(size, size)], shapes, in_torch


def pendulum(steps: int) -> Case:
    shapes: dict[str, tuple[int, ...]] = {"g": (), "mu": ()}
    P = parameters(shapes)

    def loss(angle: Any, speed: Any) -> Any:
        for _ in range(steps):
            speed = speed - 0.01 * (P["g"] * angle.sin() + P["mu"] * speed)
            angle = angle + 0.01 * speed
        return angle**2

    def in_torch(torch: Any, P: dict[str, Any], angle: Any, speed: Any) -> Any:
        for _ in range(steps):
            speed = speed - 0.01 * (P["g"] * torch.sin(angle) + P["mu"] * speed)
            angle = angle + 0.01 * speed
        return (angle**2).mean()

    return loss, [data(), data() / 2], shapes, in_torch


class Lifted:
    """The program of a case."""

    def __init__(self, case: Case) -> None:
        loss, self.arrays, _, _ = case
        self.program = vectorize(loss, *(array[0] for array in self.arrays))
        self.theta = self.program.read()
        self.gradient: Any = None

    def step(self) -> float:
        value, self.gradient = self.program.value_and_gradients(*self.arrays, at=self.theta)
        return value

    def gradients(self) -> list[float]:
        slopes = dict(zip([p.name for p in self.program.parameters], self.gradient.tolist(), strict=True))
        return [slopes[name] for name in sorted(slopes, key=str)]


class InTorch:
    """A case in PyTorch."""

    def __init__(self, case: Case) -> None:
        import torch

        torch.set_num_threads(1)
        _, arrays, shapes, loss = case
        numbers = {name: np.vectorize(lambda p: p.data)(np.array(P, object)) for name, P in parameters(shapes).items()}
        self.tensors = {name: torch.tensor(number, requires_grad=True) for name, number in numbers.items()}
        self.loss = partial(loss, torch, self.tensors, *map(torch.tensor, arrays))

    def step(self) -> float:
        for tensor in self.tensors.values():
            tensor.grad = None
        loss = self.loss()
        loss.backward()
        return float(loss.item())

    def gradients(self) -> list[float]:
        slopes = {
            ".".join([name, *map(str, place)]): float(slope)
            for name, tensor in self.tensors.items()
            for place, slope in np.ndenumerate(tensor.grad.numpy())
        }
        return [slopes[name] for name in sorted(slopes, key=str)]


def _race(work: str, case: Callable[[], Case], figure: float) -> Race:
    return Race(
        work=f"{work}: vectorize against PyTorch eager",
        ours=lambda: Lifted(case()),
        peer=lambda: InTorch(case()),
        figure=figure,
        at_most=True,
        needs=("torch",),
    )


WORKLOADS = [
    *[_race(f"attention of {tokens} tokens", partial(attention, tokens), 1.5) for tokens in (8, 16, 32, 64)],
    _race("a recurrent network, 30 steps", partial(recurrent_network, 30), 1.5),
    _race("a long short-term memory, 30 steps", partial(long_short_term_memory, 30), 1.5),
    _race("a convolution of 28 × 28, 8 kernels", partial(convolution, 28), 1.2),
    _race("a pendulum, 100 steps", partial(pendulum, 100), 1.5),
]
