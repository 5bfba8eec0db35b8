"""Numbers of mpmath in a context of our own: their precision disturbs nobody else's, and rounding them is noted.

This module loads mpmath, so the others import it where they need it.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext

import mpmath

from autograd.numbers import Number, function
from autograd.numbers.multiprecision import Multiprecision
from autograd.operation import Operation


class ManyDigits(Multiprecision):
    """Multiprecision that notes when one of its numbers is made a number of Python, as `math.exp` does.

    Such a number is rounded to 53 bits, and whatever is computed from it is.
    """

    def __init__(self) -> None:
        super().__init__(mpmath.mp.clone())
        self.rounded = False
        """Whether a number was rounded since this was last set to False."""
        # A context has a class of numbers of its own, so this changes no number of the user's.
        numbers = self.context.mpf
        for name in ("__float__", "__complex__", "__int__"):
            if hasattr(numbers, name):
                setattr(numbers, name, self._noting(getattr(numbers, name)))

    def _noting(self, convert: Callable[[Number], complex]) -> Callable[[Number], complex]:
        def noting(number: Number) -> complex:
            self.rounded = True
            return convert(number)

        return noting

    @contextmanager
    def precision(self, digits: int, operations: Iterable[Operation]) -> Iterator[None]:
        """So many decimal digits, for these operations."""
        # An operation of the user's may call mpmath itself, as mpmath.erf(a), which computes in the process's context.
        alone = all(operation.in_the_table for operation in operations)
        with self.context.workdps(digits), nullcontext() if alone else mpmath.workdps(digits):
            yield


class AccurateForms(ManyDigits):
    """Many digits for the forms that floats compute, where a rule has two: so a slip in one of them is seen."""

    choose = function(lambda textbook, accurate: accurate())


class _OfThread(threading.local):
    def __init__(self) -> None:
        self.numbers = ManyDigits()


_of_thread = _OfThread()


def in_many_digits() -> ManyDigits:
    """The numbers of this thread."""
    return _of_thread.numbers
