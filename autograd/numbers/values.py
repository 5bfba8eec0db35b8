"""Values as the number system: local gradients are recorded in their turn, so a gradient is a graph again.

Each function is the recorder of the operation of that name, computing in the extended reals: the gradient of √x at 0 is
a Value of ∞, where the user's own 1/0 is refused.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from autograd.numbers import extended
from autograd.ops import OPERATIONS, power_by
from autograd.value import Value, recorder

half = 0.5


def number(x: float) -> float:
    return x


def choose(textbook: Any, accurate: Any) -> Any:
    return accurate()


def largest(*xs: Any) -> float:
    return extended.largest(*(x.data if isinstance(x, Value) else x for x in xs))


def power(a: Any, b: Any) -> Any:
    return _recorder("power")(a, b) if isinstance(b, Value) else recorder(power_by(b), extended)(a)


@cache
def _recorder(name: str) -> Callable[..., Any]:
    return recorder(OPERATIONS[name], extended)


def __getattr__(name: str) -> Callable[..., Any]:
    if name not in OPERATIONS:
        raise AttributeError(f"no operation {name!r}")
    return _recorder(name)
