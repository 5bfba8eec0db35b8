"""Numbers of mpmath of which it is noted when one is rounded.

This module loads mpmath, so the others import it where they need it.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext

import mpmath

from autograd.numbers import Number, function
from autograd.numbers.multiprecision import Multiprecision, OwnContext
from autograd.operation import Operation


class NotingContext(OwnContext):
    """It notes when one of its numbers is made a number of Python, as `math.exp` does.

    Such a number is rounded to 53 bits, and whatever is computed from it is.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rounded = False
        """Whether a number was rounded since this was last set to False."""
        # A context has a class of numbers of its own, so this changes no number of the user's.
        for name in ("__float__", "__complex__", "__int__"):
            if hasattr(self.mpf, name):
                setattr(self.mpf, name, self._noting(getattr(self.mpf, name)))

    def _noting(self, convert: Callable[[Number], complex]) -> Callable[[Number], complex]:
        def noting(number: Number) -> complex:
            self.rounded = True
            return convert(number)

        return noting


_of_the_process = threading.RLock()


@contextmanager
def _precision_of_the_process(digits: int) -> Iterator[None]:
    # One thread at a time: another would put back what this one has set.
    with _of_the_process, mpmath.workdps(digits):
        yield


class ManyDigits(Multiprecision):
    context = NotingContext()

    @contextmanager
    def precision(self, digits: int, operations: Iterable[Operation]) -> Iterator[None]:
        """So many decimal digits, for these operations."""
        # An operation of the user's may call mpmath itself, as mpmath.erf(a), which computes in the process's context.
        alone = all(operation.in_the_table for operation in operations)
        with self.context.workdps(digits), nullcontext() if alone else _precision_of_the_process(digits):
            yield


class AccurateForms(ManyDigits):
    """Many digits for the forms that floats compute, where a rule has two: so a slip in one of them is seen."""

    choose = function(lambda textbook, accurate: accurate())


many_digits = ManyDigits()
