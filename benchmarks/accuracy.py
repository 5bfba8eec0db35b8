"""How many units in the last place the functions of calculus are off: ``python -m benchmarks.accuracy``.

Values, slopes and second derivatives at random floats of each domain, of all sizes and near its ends, beside many
digits of mpmath, and beside PyTorch and JAX where they are installed. What is below the normal floats, or above them,
is left out.
"""

import math
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from random import Random
from typing import Any

from mpmath import mp, mpf

import autograd
from autograd import Value, gradients

DIGITS = 700
"""1 + x² has as many, for an x of 1e308."""
LARGEST, SMALLEST = sys.float_info.max, math.ulp(0.0)


@dataclass(frozen=True)
class Subject:
    """A function, its derivatives as a textbook has them, and its domain."""

    derivatives: Sequence[Callable[[Any], Any]]
    low: float = -LARGEST
    high: float = LARGEST
    call: Callable[[Any, Any], Any] = lambda function, x: function(x)
    """How a function is called with the operand; in an engine a number is ``0 * x + 1``."""


def _root(x: Any) -> Any:
    return mp.sqrt(1 - x * x)


def _bell(x: Any) -> Any:
    return 2 / mp.sqrt(mp.pi) * mp.exp(-x * x)


def _cube_root(x: Any) -> Any:
    return mp.sign(x) * mp.cbrt(abs(x))


def _zero(x: Any) -> Any:
    return mpf(0)


SUBJECTS = {
    "tan": Subject([mp.tan, lambda x: 1 + mp.tan(x) ** 2, lambda x: 2 * mp.tan(x) * (1 + mp.tan(x) ** 2)]),
    "asin": Subject([mp.asin, lambda x: 1 / _root(x), lambda x: x / _root(x) ** 3], -1 + 2**-53, 1 - 2**-53),
    "acos": Subject([mp.acos, lambda x: -1 / _root(x), lambda x: -x / _root(x) ** 3], -1 + 2**-53, 1 - 2**-53),
    "atan": Subject([mp.atan, lambda x: 1 / (1 + x * x), lambda x: -2 * x / (1 + x * x) ** 2]),
    "sinh": Subject([mp.sinh, mp.cosh, mp.sinh], -710, 710),
    "cosh": Subject([mp.cosh, mp.sinh, mp.cosh], -710, 710),
    "asinh": Subject([mp.asinh, lambda x: 1 / mp.sqrt(1 + x * x), lambda x: -x / mp.sqrt(1 + x * x) ** 3]),
    "acosh": Subject([mp.acosh, lambda x: 1 / mp.sqrt(x * x - 1), lambda x: -x / mp.sqrt(x * x - 1) ** 3], 1 + 2**-52),
    "atanh": Subject(
        [mp.atanh, lambda x: 1 / (1 - x * x), lambda x: 2 * x / (1 - x * x) ** 2], -1 + 2**-53, 1 - 2**-53
    ),
    "log2": Subject(
        [lambda x: mp.log(x) / mp.log(2), lambda x: 1 / x / mp.log(2), lambda x: -1 / x**2 / mp.log(2)], SMALLEST
    ),
    "log10": Subject(
        [lambda x: mp.log(x) / mp.log(10), lambda x: 1 / x / mp.log(10), lambda x: -1 / x**2 / mp.log(10)], SMALLEST
    ),
    "cbrt": Subject(
        [
            _cube_root,
            lambda x: 1 / (3 * _cube_root(x) ** 2) if x else mp.inf,
            lambda x: -2 / (9 * _cube_root(x) ** 5) if x else -mp.inf,
        ]
    ),
    "erf": Subject([mp.erf, _bell, lambda x: -2 * x * _bell(x)], -30, 30),
    "erfc": Subject([mp.erfc, lambda x: -_bell(x), lambda x: 2 * x * _bell(x)], -30, 30),
    "tanh": Subject([mp.tanh, lambda x: mp.sech(x) ** 2, lambda x: -2 * mp.tanh(x) * mp.sech(x) ** 2], -375, 375),
    "sigmoid": Subject(
        [
            lambda x: 1 / (1 + mp.exp(-x)),
            lambda x: mp.sech(x / 2) ** 2 / 4,
            lambda x: -mp.tanh(x / 2) * mp.sech(x / 2) ** 2 / 4,
        ],
        -750,
        750,
    ),
    "atan2(x, 1)": Subject(
        [mp.atan, lambda x: 1 / (1 + x * x), lambda x: -2 * x / (1 + x * x) ** 2], call=lambda f, x: f(x, 0 * x + 1)
    ),
    "atan2(1, x)": Subject(
        [lambda x: mp.atan2(1, x), lambda x: -1 / (1 + x * x), lambda x: 2 * x / (1 + x * x) ** 2],
        call=lambda f, x: f(0 * x + 1, x),
    ),
    "hypot(x, 1)": Subject(
        [lambda x: mp.sqrt(1 + x * x), lambda x: x / mp.sqrt(1 + x * x), lambda x: 1 / mp.sqrt(1 + x * x) ** 3],
        call=lambda f, x: f(x, 0 * x + 1),
    ),
    "xlogy(x, 2)": Subject(
        [lambda x: x * mp.log(2), lambda x: mp.log(2), _zero], high=1e308, call=lambda f, x: f(x, 0 * x + 2)
    ),
    "xlogy(2, x)": Subject(
        [lambda x: 2 * mp.log(x), lambda x: 2 / x, lambda x: -2 / x**2], SMALLEST, call=lambda f, x: f(0 * x + 2, x)
    ),
    "clip(x, -1, 1)": Subject(
        [lambda x: max(min(x, mpf(1)), mpf(-1)), lambda x: mpf(abs(x) <= 1), _zero], call=lambda f, x: f(x, -1, 1)
    ),
    "maximum(x, 1)": Subject(
        [lambda x: max(x, mpf(1)), lambda x: (mpf(x > 1) + mpf(x >= 1)) / 2, _zero], call=lambda f, x: f(x, 0 * x + 1)
    ),
    "minimum(x, 1)": Subject(
        [lambda x: min(x, mpf(1)), lambda x: (mpf(x < 1) + mpf(x <= 1)) / 2, _zero], call=lambda f, x: f(x, 0 * x + 1)
    ),
    "sign": Subject([mp.sign, _zero, _zero]),
    "floor": Subject([mp.floor, _zero, _zero]),
    "ceil": Subject([mp.ceil, _zero, _zero]),
}
"""Each function, and where it is tried."""

IN_JAX = {"sigmoid": "expit"} | {f"a{f}": f"arc{f}" for f in ("sin", "cos", "tan", "sinh", "cosh", "tanh")}


def points(subject: Subject, count: int, random: Random) -> Iterator[float]:
    """Floats of the domain, as many of each size; and every second one near one of its ends."""
    first, last = _place(subject.low), _place(subject.high)
    for k in range(count):
        if k % 2:
            yield _float_at(random.randint(first, last))
        else:
            away = min(subject.high - subject.low, 1) * 10 ** random.uniform(-17, 0)
            yield random.choice((subject.low + away, subject.high - away))


def _place(x: float) -> int:
    """How many floats lie between 0 and x, with its sign."""
    found: int = struct.unpack("<q", struct.pack("<d", abs(x)))[0]
    return found if x >= 0 else -found


def _float_at(place: int) -> float:
    found: float = struct.unpack("<d", struct.pack("<q", abs(place)))[0]
    return found if place >= 0 else -found


def _ours(name: str, call: Any, xs: Sequence[float]) -> list[list[float]]:
    rows = []
    for number in xs:
        x = Value(number)
        y = call(getattr(autograd, name), x)
        [slope] = gradients(y, [x])
        [second] = gradients(slope, [x])
        rows.append([y.data, slope.data, second.data])
    return rows


def _in_torch(name: str, call: Any, xs: Sequence[float]) -> list[list[float]] | None:
    import torch

    function = getattr(torch, name, None) or getattr(torch.special, name, None)
    if function is None:
        return None
    x = torch.tensor(xs, dtype=torch.float64, requires_grad=True)
    y = call(function, x)
    [slope] = torch.autograd.grad(y.sum(), x, create_graph=True)
    second = torch.autograd.grad(slope.sum(), x, allow_unused=True)[0] if slope.requires_grad else torch.zeros_like(x)
    return torch.stack([y, slope, second]).T.tolist()  # type: ignore[no-any-return]


def _in_jax(name: str, call: Any, xs: Sequence[float]) -> list[list[float]] | None:
    import jax

    jax.config.update("jax_enable_x64", True)
    name = IN_JAX.get(name, name)
    function = getattr(jax.numpy, name, None) or getattr(jax.scipy.special, name, None)
    if function is None:
        return None
    x = jax.numpy.array(xs)
    called = partial(call, function)
    derivatives = [called, jax.grad(called), jax.grad(jax.grad(called))]
    return jax.numpy.stack([jax.vmap(f)(x) for f in derivatives]).T.tolist()  # type: ignore[no-any-return]


ENGINES: dict[str, Callable[[str, Any, Sequence[float]], list[list[float]] | None]] = {
    "autograd": _ours,
    "torch": _in_torch,
    "jax": _in_jax,
}


def off(found: float, expected: Any) -> float:
    """How many units in the last place of the nearest float to it a number is off; infinitely many if it is NaN.

    At 0 or an infinity it is right or not.
    """
    nearest = float(expected) if abs(expected) < mpf("1e400") else math.copysign(math.inf, expected)
    if nearest == 0 == expected or not abs(nearest) < math.inf:
        return 0.0 if found == nearest or abs(nearest) == math.inf else math.inf
    if abs(nearest) < sys.float_info.min:
        return 0.0
    return float(abs(mpf(found) - expected) / mpf(math.ulp(nearest))) if math.isfinite(found) else math.inf


def errors(name: str, engine: str, xs: Sequence[float]) -> list[list[float]] | None:
    """How far off values, slopes and second derivatives are at some numbers; None if there is no such function."""
    subject = SUBJECTS[name]
    rows = ENGINES[engine](name.partition("(")[0], subject.call, xs)
    if rows is None:
        return None
    with mp.workdps(DIGITS):
        return [
            [off(row[order], derivative(mpf(x))) for order, derivative in enumerate(subject.derivatives)]
            for x, row in zip(xs, rows, strict=True)
        ]


def worst(name: str, engine: str, count: int = 500, seed: int = 0) -> list[float] | None:
    """The largest error of a value, a slope and a second derivative; None if the engine has no such function."""
    found = errors(name, engine, list(points(SUBJECTS[name], count, Random(seed))))
    return None if found is None else [max(column) for column in zip(*found, strict=True)]


def main() -> None:
    engines = [engine for engine in ENGINES if engine == "autograd" or find_spec(engine)]
    print("the worst error in units in the last place: of the value, the slope, the second derivative\n")
    print(f"{'':14}", *(f"{engine:>30}" for engine in engines))
    for name in SUBJECTS:
        found = [worst(name, engine) for engine in engines]
        print(f"{name:14}", *(" " * 29 + "-" if w is None else "".join(f"{x:10.3g}" for x in w) for w in found))


if __name__ == "__main__":
    main()
