"""Attention, recurrent cells, a convolution, bodies, a pendulum, a filter: what `vectorize` makes of their scalar code,
against PyTorch eager and `jax.jit` on whole arrays, all on one thread and in 64 bits.

The parameters of all sides are those of the program, by their names; a step is the mean loss and all gradients.
``python -m benchmarks.structures`` prints one table: the two ratios, and what tracing and lifting cost once.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial, reduce
from random import Random
from statistics import median
from time import process_time
from types import SimpleNamespace
from typing import Any

import numpy as np

from autograd import (
    Value,
    dot,
    log,
    mean,
    relu,
    sigmoid,
    softmax,
    sqrt,
    sum,  # noqa: A004
    tanh,
    vectorize,
)
from benchmarks.framework import Contestant, Race, cpu_time, fix_threads

BATCH = 32


@dataclass(frozen=True)
class Case:
    """A loss of scalars, arrays for it, the shapes of its parameters by name, and the loss of a batch of arrays.

    That takes the functions of `torch_functions` or `jax_functions`, the parameters by name, and the arrays.
    """

    loss: Callable[..., Any]
    arrays: list[Any]
    shapes: dict[str, tuple[int, ...]]
    on_arrays: Callable[..., Any]


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

    def on_arrays(m: Any, W: dict[str, Any], x: Any, y: Any) -> Any:
        Q, K, V = (x @ W[name].T for name in "QKV")
        out = m.tanh(m.softmax(Q @ K.swapaxes(1, 2) / width**0.5) @ V)
        return ((out.mean(axis=1) - y) ** 2).sum(axis=-1).mean()

    return Case(loss, [data(tokens, width), data(width)], shapes, on_arrays)


def recurrent_network(steps: int, width: int = 16) -> Case:
    shapes: dict[str, tuple[int, ...]] = {"U": (width, 4), "W": (width, width), "b": (width,), "v": (width,)}
    P = parameters(shapes)

    def loss(xs: Any, y: Any) -> Any:
        state = [0.0] * width
        for x in xs:
            rows = zip(P["W"], P["U"], P["b"], strict=True)
            state = [tanh(dot(w, state) + dot(u, x) + bias) for w, u, bias in rows]
        return (dot(P["v"], state) - y) ** 2

    def on_arrays(m: Any, P: dict[str, Any], xs: Any, y: Any) -> Any:
        def step(state: Any, x: Any) -> Any:
            return m.tanh(state @ P["W"].T + x @ P["U"].T + P["b"])

        state = m.over_time(step, m.zeros(BATCH, width), xs.swapaxes(0, 1))
        return ((state @ P["v"] - y) ** 2).mean()

    return Case(loss, [data(steps, 4), data()], shapes, on_arrays)


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

    def on_arrays(m: Any, P: dict[str, Any], xs: Any, y: Any) -> Any:
        W = m.concatenate([P[gate] for gate in "fiog"], 0)

        def step(state: Any, x: Any) -> Any:
            gates = m.concatenate([x, state[0]], 1) @ W.T
            f, i, o, g = (gates[:, k * width : (k + 1) * width] for k in range(4))
            c = m.sigmoid(f) * state[1] + m.sigmoid(i) * m.tanh(g)
            return m.sigmoid(o) * m.tanh(c), c

        h, _ = m.over_time(step, (m.zeros(BATCH, width), m.zeros(BATCH, width)), xs.swapaxes(0, 1))
        return ((h @ P["v"] - y) ** 2).mean()

    return Case(loss, [data(steps, 4), data()], shapes, on_arrays)


def convolution(size: int, kernels: int = 8) -> Case:
    shapes: dict[str, tuple[int, ...]] = {"k": (kernels, 3, 3), "b": (kernels,)}
    P = parameters(shapes)

    def loss(image: Any) -> Any:
        places = [(r, c) for r in range(size - 2) for c in range(size - 2)]
        patches = [[image[r + i][c + j] for i in range(3) for j in range(3)] for r, c in places]
        flat = [[w for row in kernel for w in row] for kernel in P["k"]]
        maps = [[relu(dot(k, patch, b)) for patch in patches] for k, b in zip(flat, P["b"], strict=True)]
        return sum([mean(m) ** 2 for m in maps])

    def on_arrays(m: Any, P: dict[str, Any], image: Any) -> Any:
        maps = m.relu(m.convolution(image[:, None], P["k"][:, None]) + P["b"][:, None, None])
        return (maps.mean(axis=(2, 3)) ** 2).sum(axis=1).mean()

    return Case(loss, [data(size, size)], shapes, on_arrays)


def bodies(count: int, steps: int) -> Case:
    shapes: dict[str, tuple[int, ...]] = {"m": (count,)}
    P = parameters(shapes)

    def loss(places: Any, speeds: Any) -> Any:
        for _ in range(steps):
            pulls = []
            for x, y in places:
                away = [(u - x, v - y) for u, v in places]
                shares = [m / sqrt(dx * dx + dy * dy + 0.1) ** 3 for m, (dx, dy) in zip(P["m"], away, strict=True)]
                pulls.append([dot(shares, column) for column in zip(*away, strict=True)])
            speeds = [[v + 0.05 * a for v, a in zip(*pair, strict=True)] for pair in zip(speeds, pulls, strict=True)]
            places = [[p + 0.05 * v for p, v in zip(*pair, strict=True)] for pair in zip(places, speeds, strict=True)]
        return mean([coordinate**2 for place in places for coordinate in place])

    def on_arrays(m: Any, P: dict[str, Any], places: Any, speeds: Any) -> Any:
        def step(state: Any, _: Any) -> Any:
            places, speeds = state
            away = places[:, None] - places[:, :, None]
            shares = P["m"] / m.sqrt((away**2).sum(axis=-1) + 0.1) ** 3
            speeds = speeds + 0.05 * (shares[..., None] * away).sum(axis=2)
            return places + 0.05 * speeds, speeds

        places, _ = m.over_time(step, (places, speeds), m.zeros(steps))
        return (places**2).mean()

    return Case(loss, [data(count, 2), data(count, 2) / 2], shapes, on_arrays)


def pendulum(steps: int) -> Case:
    shapes: dict[str, tuple[int, ...]] = {"g": (), "mu": ()}
    P = parameters(shapes)

    def loss(angle: Any, speed: Any) -> Any:
        for _ in range(steps):
            speed = speed - 0.01 * (P["g"] * angle.sin() + P["mu"] * speed)
            angle = angle + 0.01 * speed
        return angle**2

    def on_arrays(m: Any, P: dict[str, Any], angle: Any, speed: Any) -> Any:
        def step(state: Any, _: Any) -> Any:
            angle, speed = state
            speed = speed - 0.01 * (P["g"] * m.sin(angle) + P["mu"] * speed)
            return angle + 0.01 * speed, speed

        angle, _ = m.over_time(step, (angle, speed), m.zeros(steps))
        return (angle**2).mean()

    return Case(loss, [data(), data() / 2], shapes, on_arrays)


def kalman_filter(steps: int) -> Case:
    shapes: dict[str, tuple[int, ...]] = {"a": (), "q": (), "r": ()}
    P = parameters(shapes)

    def step(log: Any, a: Any, q: Any, r: Any, state: Any, y: Any) -> Any:
        mean, variance, total = state
        mean, variance = a * mean, a * a * variance + q * q
        spread = variance + r * r + 0.1
        gain, total = variance / spread, total + 0.5 * log(spread) + (y - mean) ** 2 / (2 * spread)
        return mean + gain * (y - mean), (1 - gain) * variance, total

    def loss(observed: Any) -> Any:
        state: Any = 0.0, 1.0, 0.0
        for y in observed:
            state = step(log, P["a"], P["q"], P["r"], state, y)
        return state[2]

    def on_arrays(m: Any, P: dict[str, Any], observed: Any) -> Any:
        zeros = m.zeros(BATCH)
        one_step = partial(step, m.log, P["a"], P["q"], P["r"])
        return m.over_time(one_step, (zeros, zeros + 1, zeros), observed.swapaxes(0, 1))[2].mean()

    return Case(loss, [data(steps)], shapes, on_arrays)


# The contestants


def by_name(names: Any, slopes: Any) -> list[float]:
    """Slopes in an order that is common to all sides."""
    pairs: list[tuple[str, float]] = sorted(zip(names, slopes, strict=True))
    return [slope for _, slope in pairs]


class Lifted:
    """The program of a case."""

    def __init__(self, case: Case) -> None:
        start = process_time()
        self.program = vectorize(case.loss, *(array[0] for array in case.arrays))
        self.seconds = process_time() - start
        """What tracing and lifting cost."""
        self.arrays, self.theta = case.arrays, self.program.read()
        self.gradient: Any = None

    def step(self) -> float:
        value, self.gradient = self.program.value_and_gradients(*self.arrays, at=self.theta)
        return value

    def gradients(self) -> list[float]:
        return by_name([p.name for p in self.program.parameters], self.gradient.tolist())


class OnArrays:
    """What PyTorch and JAX have in common: the parameters of a case as arrays, and their slopes by name."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.numbers = {
            name: np.vectorize(lambda p: p.data)(np.array(P, object)) for name, P in parameters(case.shapes).items()
        }
        self.slopes: dict[str, Any] = {}

    def gradients(self) -> list[float]:
        places = [(name, place) for name, slopes in self.slopes.items() for place in np.ndindex(*slopes.shape)]
        names = [".".join([name, *map(str, place)]) for name, place in places]
        return by_name(names, [float(self.slopes[name][place]) for name, place in places])


class InTorch(OnArrays):
    """A case in PyTorch, eager."""

    def __init__(self, case: Case) -> None:
        import torch

        super().__init__(case)
        torch.set_num_threads(1)
        self.tensors = {name: torch.tensor(number, requires_grad=True) for name, number in self.numbers.items()}
        functions = SimpleNamespace(
            **{name: getattr(torch, name) for name in ("tanh", "sigmoid", "sin", "sqrt", "log", "relu")},
            softmax=partial(torch.softmax, dim=-1),
            zeros=partial(torch.zeros, dtype=torch.float64),
            concatenate=torch.cat,
            over_time=lambda step, state, xs: reduce(step, xs, state),
            convolution=torch.nn.functional.conv2d,
        )
        self.loss = partial(case.on_arrays, functions, self.tensors, *map(torch.tensor, case.arrays))

    def step(self) -> float:
        for tensor in self.tensors.values():
            tensor.grad = None
        loss = self.loss()
        loss.backward()
        self.slopes = {name: tensor.grad for name, tensor in self.tensors.items()}
        return float(loss.item())


class InJax(OnArrays):
    """A case in JAX, compiled."""

    def __init__(self, case: Case) -> None:
        import jax

        super().__init__(case)
        jax.config.update("jax_enable_x64", True)
        functions = SimpleNamespace(
            **{name: getattr(jax.numpy, name) for name in ("tanh", "sin", "sqrt", "log", "concatenate")},
            sigmoid=jax.nn.sigmoid,
            relu=jax.nn.relu,
            softmax=jax.nn.softmax,
            zeros=lambda *shape: jax.numpy.zeros(shape),
            over_time=lambda step, state, xs: jax.lax.scan(lambda s, x: (step(s, x), None), state, xs)[0],
            convolution=lambda images, kernels: jax.lax.conv(images, kernels, (1, 1), "VALID"),
        )
        self.compiled = jax.jit(jax.value_and_grad(partial(case.on_arrays, functions)))
        self.arguments = [jax.numpy.asarray(array) for array in case.arrays]
        self.arrays = {name: jax.numpy.asarray(number) for name, number in self.numbers.items()}
        self.wait = jax.block_until_ready

    def step(self) -> float:
        loss, self.slopes = self.wait(self.compiled(self.arrays, *self.arguments))
        return float(loss)


@dataclass(frozen=True)
class Structure:
    """A line of the table: a case, and what the ratio to PyTorch is to be at most."""

    work: str
    made: Callable[[], Case]
    figure: float

    @cached_property
    def races(self) -> list[Race]:
        """Against PyTorch, and against JAX, which only informs."""
        return [
            self._race("PyTorch eager", InTorch, "torch", self.figure),
            self._race("jax.jit", InJax, "jax", None),
        ]

    def _race(self, against: str, peer: Callable[[Case], Contestant], package: str, figure: float | None) -> Race:
        return Race(
            work=f"{self.work}: vectorize against {against}",
            ours=lambda: Lifted(self.made()),
            peer=lambda: peer(self.made()),
            figure=figure,
            at_most=True,
            needs=(package,),
        )


STRUCTURES = [
    *[Structure(f"attention of {tokens} tokens", partial(attention, tokens), 1.5) for tokens in (8, 16, 32, 64)],
    Structure("a recurrent network, 30 steps", partial(recurrent_network, 30), 1.5),
    Structure("a long short-term memory, 30 steps", partial(long_short_term_memory, 30), 1.5),
    Structure("a convolution of 28 × 28, 8 kernels", partial(convolution, 28), 1.2),
    Structure("8 bodies, 20 steps", partial(bodies, 8, 20), 1.5),
    Structure("a pendulum, 100 steps", partial(pendulum, 100), 1.5),
    Structure("a Kalman filter, 100 steps", partial(kalman_filter, 100), 1.5),
]
WORKLOADS = [race for structure in STRUCTURES for race in structure.races]


def main() -> None:
    print(fix_threads())
    print("| work | time over PyTorch eager | time over jax.jit | tracing and lifting, once | lines |")
    print("|---|---|---|---|---|")
    for structure in STRUCTURES:
        ratios = ["—" if race.missing() else f"{race.measure():.2f}×" for race in structure.races]
        lifted = [Lifted(structure.made()) for _ in range(3)]
        seconds, step = median(each.seconds for each in lifted), cpu_time(lifted[0].step)
        cost = f"{seconds:.2f} s, {seconds / step:,.0f} steps"
        print(f"| {structure.work}", *ratios, cost, len(lifted[0].program.source.splitlines()), sep=" | ", end=" |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
