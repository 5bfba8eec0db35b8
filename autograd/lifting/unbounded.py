"""What may be infinite or NaN though inputs and parameters are finite: log 0, 1/0, exp 800, and what is made of them.

Where a gradient does not arrive, as in the branch not taken, its product with these would be 0 · ∞.
"""

from collections.abc import Callable
from functools import lru_cache
from itertools import product
from math import inf, isfinite, nan
from typing import Any

import numpy as np

from autograd import ops
from autograd.lifting.groups import ApplicationGroup, Groups, SumGroup
from autograd.numbers.extended import extended
from autograd.operation import Operation

FINITE = (0.0, 1.0, -1.0, 800.0, -800.0)
"""Where operations are tried: at 0, on both sides of it, and where an exponential overflows or vanishes."""

INFINITE = (*FINITE, inf, -inf, nan)
"""Where those are tried whose operands may be infinite."""


class Unbounded:
    """The groups whose values, and those whose local gradients, may be infinite or NaN.

    Attributes:
        values, slopes: their indices.
    """

    def __init__(self, groups: Groups) -> None:
        self.values: set[int] = set()
        self.slopes: set[int] = set()
        for group in groups.groups:
            if isinstance(group, ApplicationGroup):
                of_infinite = any(groups.group_of[column[0]] in self.values for column in group.operands)
                value, slope = _tried(group.operation, INFINITE if of_infinite else FINITE)
                if value:
                    self.values.add(group.index)
                if slope:
                    self.slopes.add(group.index)
            elif isinstance(group, SumGroup):
                sources = {source for block in group.blocks for source in (block.left, block.right)}
                if not sources.isdisjoint(self.values):
                    self.values.add(group.index)


def has_infinite_slope(operation: Operation) -> bool:
    """Whether a local gradient may be infinite or NaN for finite operands."""
    return _tried(operation, FINITE)[1]


def _tried(operation: Operation, points: tuple[float, ...]) -> tuple[bool, bool]:
    # A rule of the table depends on its operands alone, and is remembered; one of the user's may read a variable.
    tried = _try if operation.__module__ == ops.__name__ else _try.__wrapped__
    with np.errstate(all="ignore"):
        return tried(operation.value, operation.local, operation.arity, points)


@lru_cache(maxsize=512)
def _try(
    value: Callable[..., Any], local: Callable[..., Any], arity: int | None, points: tuple[float, ...]
) -> tuple[bool, bool]:
    """Whether the value, and whether a local gradient, is infinite or NaN, or fails, at one of the points."""
    count = 2 if arity is None else arity
    infinite_value = infinite_slope = False
    for operands in product(points, repeat=count) if count <= 3 else ([x] * count for x in points):
        try:
            y = value(extended, *operands)
            infinite_value = infinite_value or not isfinite(y)
            infinite_slope = infinite_slope or not all(map(isfinite, local(extended, y, *operands)))
        except (TypeError, ValueError, ArithmeticError, AttributeError, LookupError):
            return True, True
        if infinite_value and infinite_slope:
            break
    return infinite_value, infinite_slope
