"""Condition: the Value of a comparison, true or false in an ``if``."""

from autograd import errors, nodes, ops
from autograd.nodes import reflected, truth
from autograd.recorder import EAGER, current
from autograd.value import Value


class Condition(Value):
    """A recorded comparison: the Value 1 where it holds, else 0; true or false in an ``if``; what `where` takes.

    Combine conditions with ``&``, ``|`` and ``~``. No gradient passes through one.

    >>> x = Value(2.0)
    >>> x > 1
    Condition(True)
    >>> bool((x > 1) & (x < 2))
    False
    """

    __slots__ = ()

    __and__ = truth(ops.both)
    __rand__ = reflected(ops.both)
    __or__ = truth(ops.either)
    __ror__ = reflected(ops.either)

    def __invert__(self) -> "Condition":
        return truth(ops.opposite)(self)  # type: ignore[call-arg]

    def __bool__(self) -> bool:
        if (now := current.get()) is not EAGER:
            now.asked(self, "a decision (if, and, or, not, max, sorted)")
        return self._scalar != 0

    __float__ = __int__ = __complex__ = errors.no_float_of_a_truth

    def __repr__(self) -> str:
        return f"Condition({self._scalar != 0})"


nodes.classes_of_nodes(Value, Condition)
