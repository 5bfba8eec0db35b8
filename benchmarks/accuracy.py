"""How many units in the last place the functions of calculus are off: ``python -m benchmarks.accuracy``.

Values, slopes and second derivatives at random floats of all sizes in each domain, beside many digits of mpmath, and
beside PyTorch and JAX where they are installed. What is below the normal floats, or above them, is left out.
"""

import math
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
"""x − 1e-300 has as many."""


@dataclass(frozen=True)
class Subject:
    """A function, its derivatives as a textbook has them, and the decimal exponents and signs of its operands."""

    derivatives: Sequence[Callable[[Any], Any]]
    exponents: tuple[float, float] = (-300, 300)
    negative: bool = True
    offset: float = 0.0
    call: Callable[[Any, Any], Any] = lambda function, x: function(x)
    """How a function is called with the operand; in an engine a number is ``0 * x + 1``."""


def _root(x: Any) -> Any:
    return mp.sqrt(1 - x * x)


def _bell(x: Any) -> Any:
    return 2 / mp.sqrt(mp.pi) * mp.exp(-x * x)


def _cube_root(x: Any) -> Any:
    return mp.sign(x) * mp.cbrt(abs(x))


SUBJECTS = {
    "tan": Subject([mp.tan, lambda x: 1 + mp.tan(x) ** 2, lambda x: 2 * mp.tan(x) * (1 + mp.tan(x) ** 2)], (-300, 15)),
    "asin": Subject([mp.asin, lambda x: 1 / _root(x), lambda x: x / _root(x) ** 3], (-300, 0)),
    "acos": Subject([mp.acos, lambda x: -1 / _root(x), lambda x: -x / _root(x) ** 3], (-300, 0)),
    "asin near 1": Subject([mp.asin, lambda x: 1 / _root(x), lambda x: x / _root(x) ** 3], (-16, -1), False, 1.0),
    "atan": Subject([mp.atan, lambda x: 1 / (1 + x * x), lambda x: -2 * x / (1 + x * x) ** 2]),
    "sinh": Subject([mp.sinh, mp.cosh, mp.sinh], (-300, 2.85)),
    "cosh": Subject([mp.cosh, mp.sinh, mp.cosh], (-300, 2.85)),
    "asinh": Subject([mp.asinh, lambda x: 1 / mp.sqrt(1 + x * x), lambda x: -x / mp.sqrt(1 + x * x) ** 3]),
    "acosh": Subject(
        [mp.acosh, lambda x: 1 / mp.sqrt(x * x - 1), lambda x: -x / mp.sqrt(x * x - 1) ** 3], (0, 300), False
    ),
    "atanh": Subject([mp.atanh, lambda x: 1 / (1 - x * x), lambda x: 2 * x / (1 - x * x) ** 2], (-300, 0)),
    "log2": Subject(
        [lambda x: mp.log(x) / mp.log(2), lambda x: 1 / x / mp.log(2), lambda x: -1 / x**2 / mp.log(2)], negative=False
    ),
    "log10": Subject(
        [lambda x: mp.log(x) / mp.log(10), lambda x: 1 / x / mp.log(10), lambda x: -1 / x**2 / mp.log(10)],
        negative=False,
    ),
    "cbrt": Subject(
        [_cube_root, lambda x: 1 / (3 * _cube_root(x) ** 2), lambda x: -2 / (9 * _cube_root(x) ** 5)], (-300, 300)
    ),
    "erf": Subject([mp.erf, _bell, lambda x: -2 * x * _bell(x)], (-300, 1.42)),
    "erfc": Subject([mp.erfc, lambda x: -_bell(x), lambda x: 2 * x * _bell(x)], (-300, 1.42)),
    "tanh": Subject([mp.tanh, lambda x: mp.sech(x) ** 2, lambda x: -2 * mp.tanh(x) * mp.sech(x) ** 2], (-300, 2.54)),
    "atan2(x, 1)": Subject(
        [mp.atan, lambda x: 1 / (1 + x * x), lambda x: -2 * x / (1 + x * x) ** 2], call=lambda f, x: f(x, 0 * x + 1)
    ),
    "atan2(1, x)": Subject(
        [mp.acot, lambda x: -1 / (1 + x * x), lambda x: 2 * x / (1 + x * x) ** 2],
        negative=False,
        call=lambda f, x: f(0 * x + 1, x),
    ),
    "hypot(x, 1)": Subject(
        [lambda x: mp.sqrt(1 + x * x), lambda x: x / mp.sqrt(1 + x * x), lambda x: 1 / mp.sqrt(1 + x * x) ** 3],
        call=lambda f, x: f(x, 0 * x + 1),
    ),
}
"""Each function, and where it is tried."""

NAMES = {"asin near 1": "asin", "hypot(x, 1)": "hypot", "atan2(x, 1)": "atan2", "atan2(1, x)": "atan2"}


def _points(subject: Subject, count: int, random: Random) -> Iterator[float]:
    for _ in range(count):
        size = 10 ** random.uniform(*subject.exponents)
        x = subject.offset - size if subject.offset else size
        yield -x if subject.negative and random.random() < 0.5 else x


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
    name = {f"a{name}": f"arc{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")}.get(name, name)
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
    """How many units in the last place of the nearest float to it a number is off; infinitely many if it is NaN."""
    nearest = float(expected)
    if not sys.float_info.min <= abs(nearest) < math.inf:
        return 0.0
    return float(abs(mpf(found) - expected) / mpf(math.ulp(nearest))) if math.isfinite(found) else math.inf


def worst(name: str, engine: str, count: int = 500, seed: int = 0) -> list[float] | None:
    """The largest error of a value, a slope and a second derivative; None if the engine has no such function."""
    subject = SUBJECTS[name]
    xs = list(_points(subject, count, Random(seed)))
    rows = ENGINES[engine](NAMES.get(name, name), subject.call, xs)
    if rows is None:
        return None
    with mp.workdps(DIGITS):
        return [
            max(off(row[order], derivative(mpf(x))) for x, row in zip(xs, rows, strict=True))
            for order, derivative in enumerate(subject.derivatives)
        ]


def main() -> None:
    engines = [engine for engine in ENGINES if engine == "autograd" or find_spec(engine)]
    print("the worst error in units in the last place: of the value, the slope, the second derivative\n")
    print(f"{'':12}", *(f"{engine:>30}" for engine in engines))
    for name in SUBJECTS:
        found = [worst(name, engine) for engine in engines]
        print(f"{name:12}", *(" " * 29 + "-" if w is None else "".join(f"{x:10.3g}" for x in w) for w in found))


if __name__ == "__main__":
    main()
