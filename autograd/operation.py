"""Operation: an entry of the table in `autograd.ops`, and at once the public function."""

import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, overload

from autograd import copying
from autograd.errors import arity_of, refuse_call
from autograd.nodes import record_of
from autograd.operands import shown_call, signature_of
from autograd.text import Term, Writer, binding_of, printable
from autograd.untyped import AnyFunction, Anything, Real

if TYPE_CHECKING:
    from autograd.value import Value


class Operation:
    """A differentiable function of scalars.

    Called on Values it records a node, on numbers it returns a number. One of any number of operands
    (``lambda m, *xs: ...``) takes a sequence too. Rules of ``m.exp(a)`` and ``m.number(0.01)`` give formulas, exact
    gradients and lifted programs; with `math` or a float in them they serve floats alone.

    Args:
        name: what graphs and errors show.
        value: ``value(m, *operands)``, computed with the functions of the number system ``m``.
        local: ``local(m, y, *operands)``, a tuple with ∂y/∂operand for each operand.
        domain: what operands must be, as in ``"a positive operand"``.
        infix: whether it is written ``a name b``.
        condition: whether the value is a truth.
        gate: whether it passes no gradient at some points, as with relu.
        lists: in how many lists a formula shows the operands: 2 in ``dot([v, w], [x, y])``.
        arguments: makes the operands of a call's arguments.

    Raises:
        TypeError: if `value` or `local` has not the form above.

    >>> from autograd import Operation, Value
    >>> cube = Operation("cube", value=lambda m, a: a * a * a, local=lambda m, y, a: (3 * a * a,))
    >>> x = Value(2.0)
    >>> y = cube(x)
    >>> y.backward()
    >>> y.data, x.grad, cube(2.0)
    (8.0, 12.0, 8.0)
    """

    in_the_table = False
    """Whether it is of `autograd.ops`: its rules need no check."""
    keywords_elsewhere: Mapping[str, str] = {}
    """Remedies for keywords of other libraries: see `autograd.advice`."""

    def __init__(
        self,
        name: str,
        value: AnyFunction,
        local: AnyFunction,
        *,
        domain: str | None = None,
        infix: bool = False,
        condition: bool = False,
        gate: bool = False,
        lists: int = 1,
        arguments: Callable[..., tuple[Anything, ...]] | None = None,
        doc: str | None = None,
    ) -> None:
        self.arity = arity_of(name, value, local, domain)
        """How many operands it takes; None for any number."""
        self.name = name
        self.value = value
        self.local = local
        self.domain = domain
        self.is_call = not infix
        """Whether it is written ``name(a, b)``."""
        self.binding = binding_of(name, infix=infix, arity=self.arity)
        """How tightly it binds: see `autograd.text`."""
        self.condition = condition
        self.gate = gate
        self.lists = lists if self.arity is None and not infix else 0
        self.arguments = arguments
        self.exponent: float | None = None
        """The number of a power by one."""
        self.__doc__ = f"{doc or f'The operation {name}.'}{f' It needs {domain}.' if domain else ''}"
        self.__name__ = self.__qualname__ = name
        self.__signature__ = signature_of(name, value, arguments)
        self.__module__ = sys._getframe(1).f_globals.get("__name__", __name__)
        vars(self)["__call__"] = shown_call(self, Operation.__call__)

    @cached_property
    def record(self) -> AnyFunction:
        """Applies it to operands: see `autograd.nodes`."""
        return record_of(self)

    @overload
    def __call__(self, *arguments: Real | Iterable[Real], **named: Real) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, *arguments: "Value | Real | Iterable[Value | Real]", **named: "Value | Real") -> "Value": ...
    def __call__(self, *arguments: Anything, **named: Anything) -> Anything:
        try:
            if self.arguments:
                return self.record(*self.arguments(*arguments, **named))
            if self.arity is None and len(arguments) == 1 and hasattr(arguments[0], "__iter__"):
                # A dict would give its keys.
                arguments = arguments if isinstance(arguments[0], dict) else tuple(arguments[0])
            return self.record(*arguments, **named)
        except TypeError as error:
            refuse_call(self.name, self.__signature__, arguments, named, self.keywords_elsewhere, str(error))
            raise

    def write(self, *operands: str) -> str:
        """The operation applied to operands given as text."""
        return Writer().write(self, list(map(Term, operands))).text

    def __repr__(self) -> str:
        return printable(f"Operation({self.name!r})")

    def __str__(self) -> str:
        return printable(self.name)

    __reduce__ = copying.reduce_operation
