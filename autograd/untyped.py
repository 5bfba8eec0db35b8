"""Types that Python has no words for. Each of them is ``Any``, and here is why."""

from collections.abc import Callable
from typing import Any, TypeAlias

Anything: TypeAlias = Any
"""What a user gives, or what it is made of: a number or lists of them, a model, an object of any class. It is looked at
before it is used, and refused by name."""

AnyArray: TypeAlias = Any
"""An array of NumPy, of JAX or of another library like it, or a single number, which computes as one. They share their
operators and no type, and NumPy is imported by few modules alone."""

AnyFunction: TypeAlias = Callable[..., Any]
"""A function whose arguments differ: a rule takes as many operands as its operation, a model what the user trains it
on."""
