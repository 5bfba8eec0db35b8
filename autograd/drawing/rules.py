"""The table's local gradients as text, for people: ``y * (1 - y)`` for a sigmoid."""

from functools import lru_cache
from typing import Any

LETTERS = "abc"


@lru_cache(maxsize=1024)
def rule(operation: Any, operand: int) -> str | None:
    """The formula of ∂y/∂operand, for an operation of at most three operands; None if there is none to be had.

    >>> from autograd import ops
    >>> rule(ops.tanh, 0), rule(ops.multiply, 1)
    ('y = tanh(a), ∂y/∂a = 1 - y**2', 'y = a * b, ∂y/∂b = a')
    >>> rule(ops.dot, 0) is None
    True
    """
    if operation.arity is None or operation.arity > len(LETTERS):
        return None
    import sympy

    from autograd.numbers.formulas import formulas

    letters = LETTERS[: operation.arity]
    y, *operands = sympy.symbols(f"y {' '.join(letters)}", real=True)
    try:
        slope = formulas.expression(operation.local(formulas, y, *operands)[operand])
    except Exception:  # a user's operation may know numbers only
        return None
    return f"y = {operation.write(*letters)}, ∂y/∂{letters[operand]} = {slope}"
