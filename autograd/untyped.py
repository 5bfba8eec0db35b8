"""Types that Python has no words for. Each of them is ``Any``, and here is why."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction

    import numpy as np

Anything: TypeAlias = Any
"""What a user gives, or what it is made of: a number or lists of them, a model, an object of any class. It is looked at
before it is used, and refused by name."""

AnyArray: TypeAlias = Any
"""An array of NumPy, of JAX or of another library like it, or a single number, which computes as one. They share their
operators and no type, and NumPy is imported by few modules alone."""

AnyFunction: TypeAlias = Callable[..., Any]
"""A function whose arguments differ: a rule takes as many operands as its operation, a model what the user trains it
on."""

if TYPE_CHECKING:
    Real: TypeAlias = float | Fraction | Decimal | np.floating[Any] | np.integer[Any] | np.bool_
else:
    Real = float
"""A number that may meet a Value, as a type checker knows it: NumPy's scalars share no class with Python's. Its arrays
are none of them. A program that runs needs the name alone, and no import of NumPy."""
