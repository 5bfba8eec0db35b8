"""Operation: one entry of the table in `autograd.ops`, and at once the public function."""

import inspect
import sys
from collections.abc import Callable
from functools import cached_property
from typing import Any

from autograd.recorder import record_of
from autograd.text import AND, CALL, COMPARISON, NOT, OR, POWER, PRODUCT, SIGN, SUM

_BINDING = {"or": OR, "and": AND, "+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "**": POWER}


class Operation:
    """A differentiable function of scalars.

    Called on Values it records a node; called on plain numbers it returns a number. An operation of any number of
    operands (``lambda m, *xs: ...``) also takes them as one sequence.

    Args:
        name: what graphs and errors show.
        value: ``value(m, *operands)``, computed with the functions of the number system ``m``.
        local: ``local(m, y, *operands)``, a tuple with ∂y/∂operand for each operand, in order.
        domain: what the operands must satisfy, for the error of an operand outside, as in ``"a positive operand"``.
        infix: whether a formula writes ``a name b`` rather than ``name(a, b)``.
        condition: whether the value is a truth, 1 or 0, so that the node can stand in an ``if``.
        arguments: turns the arguments of a call into the operands, where they are not the same.
        doc: the docstring of the public function.

    Raises:
        TypeError: if `value` or `local` is not a function of the form above.

    >>> from autograd import Operation, Value
    >>> cube = Operation("cube", value=lambda m, a: a * a * a, local=lambda m, y, a: (3 * a * a,))
    >>> x = Value(2.0)
    >>> y = cube(x)
    >>> y.backward()
    >>> y.data, x.grad, cube(2.0)
    (8.0, 12.0, 8.0)
    """

    exponent: float | None = None
    """The exponent, if it is a power by a plain number."""

    def __init__(
        self,
        name: str,
        value: Callable[..., Any],
        local: Callable[..., Any],
        *,
        domain: str | None = None,
        infix: bool = False,
        condition: bool = False,
        arguments: Callable[..., tuple[Any, ...]] | None = None,
        doc: str | None = None,
    ) -> None:
        if not isinstance(name, str) or not name:
            raise TypeError(f"an Operation needs a name, a non-empty string, not {name!r}")
        self.name = name
        self.arity = _operands_of(name, "value", value, leading="m")
        """How many operands it takes; None for any number."""
        if _operands_of(name, "local", local, leading="m, y") not in (self.arity, None):
            raise TypeError(
                f"operation {name!r}: local takes (m, y, *operands) with the operands of value(m, *operands)"
            )
        self.value = value
        self.local = local
        self.domain = domain
        self.infix = infix
        self.condition = condition
        self.arguments = arguments
        self.__doc__ = doc or f"The operation {name}."
        self.__name__ = self.__qualname__ = name
        # A pickle holds the operation by the name of the module-level variable that it is assigned to.
        self.__module__ = sys._getframe(1).f_globals.get("__name__", __name__)

    @cached_property
    def record(self) -> Callable[..., Any]:
        """The function that computes the value of some operands and, if one of them is a Value, records the node."""
        return record_of(self)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        if self.arguments:
            return self.record(*self.arguments(*arguments, **named))
        if self.arity is None and len(arguments) == 1 and hasattr(arguments[0], "__iter__"):
            # The entries of a dict are its keys: it is refused as the one operand that it is then.
            arguments = arguments if isinstance(arguments[0], dict) else tuple(arguments[0])
        return self.record(*arguments, **named)

    @cached_property
    def is_call(self) -> bool:
        """Whether it is written as a call, ``tanh(a)``, and not as ``a * b`` or ``a ** 2``."""
        return not self.infix and self.exponent is None

    @cached_property
    def binding(self) -> int:
        """How tightly it binds its operands: the operand of one that binds tighter needs parentheses."""
        if self.is_call or self.exponent is not None:
            return CALL if self.is_call else POWER
        if self.arity == 1:
            return NOT if self.name == "not" else SIGN
        return _BINDING.get(self.name, COMPARISON)

    def write(self, *operands: str) -> str:
        """The operation applied to operands given as text: ``a * b``, ``log(a)``, ``a ** 2``."""
        if self.is_call:
            return f"{self.name}({', '.join(operands)})"
        if self.exponent is not None:
            return f"{operands[0]} ** {self.exponent}"
        if len(operands) > 1:
            return f" {self.name} ".join(operands)
        return f"{self.name}{' ' * self.name.isalpha()}{operands[0]}"

    def __repr__(self) -> str:
        return f"Operation({self.name!r})"

    def __str__(self) -> str:
        return self.name

    def __reduce__(self) -> str | tuple[Any, ...]:
        module = vars(sys.modules[self.__module__]) if self.__module__ in sys.modules else {}
        for variable, thing in module.items():
            if thing is self:
                return variable
        raise TypeError(f"{self!r} can be pickled or copied only while a variable of module {self.__module__} holds it")


def _operands_of(name: str, role: str, function: Callable[..., Any], leading: str) -> int | None:
    """The number of operands after the `leading` parameters, or None for ``*operands``."""
    if not callable(function):
        raise TypeError(f"operation {name!r}: {role} must be a function of ({leading}, *operands), not {function!r}")
    parameters = list(inspect.signature(function).parameters.values())
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return None
    count = len(parameters) - len(leading.split(", "))
    if count < 1:
        raise TypeError(f"operation {name!r}: {role} must be a function of ({leading}, *operands), with an operand")
    return count
