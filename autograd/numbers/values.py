"""Values as the number system: local gradients are recorded in their turn, so a gradient is a graph again.

Each function is the recorder of the operation of that name, computing in the extended reals: the gradient of √x at 0 is
a Value of ∞, where the user's own 1/0 is refused.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from autograd.numbers import extended
from autograd.ops import OPERATIONS, power_by
from autograd.recorder import record_of
from autograd.value import Value

half = 0.5


def number(x: float) -> float:
    return x


def choose(textbook: Any, accurate: Any) -> Any:
    return accurate()


def largest(*xs: Any) -> float:
    return extended.largest(*(x.data if isinstance(x, Value) else x for x in xs))


def power(a: Any, b: Any) -> Any:
    return _recorder("power")(a, b) if isinstance(b, Value) else record_of(power_by(b), extended)(a)


def where(condition: Any, a: Any, b: Any) -> Any:
    """As a local gradient, ``where(condition, 1, 0)`` is the 1 or the 0 itself.

    The integer 0 says that no gradient passes to the branch not taken; a node of value 0 would make NaN of 0 · ∞ there.
    So a graph of gradients stands for the side of the condition that it was taken on.
    """
    plain = not isinstance(a, Value) and not isinstance(b, Value)
    if plain and not isinstance(condition, Value):
        return extended.where(condition, a, b)
    if plain and hasattr(condition, "_scalar"):  # a placeholder has none: it is on either side
        return extended.where(condition.data, a, b)
    return _recorder("where")(condition, a, b)


@cache
def _recorder(name: str) -> Callable[..., Any]:
    return record_of(OPERATIONS[name], extended)


def __getattr__(name: str) -> Callable[..., Any]:
    if name not in OPERATIONS:
        raise AttributeError(f"no operation {name!r}")
    return _recorder(name)
