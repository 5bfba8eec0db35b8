"""Derivatives of activations that are called by a name of their own: ``sigmoid_prime(z)``, ``dtanh``, ``relu_grad``."""

import re

from autograd import ops
from autograd.derivation.claims import Apply, Named
from autograd.derivation.tokens import Refusal
from autograd.notation.matrices import Thing, entries_of
from autograd.notation.syntax import Call
from autograd.operation import Operation

_ACTIVATIONS = {**dict.fromkeys(("sigmoid", "sigm", "sigma", "logistic"), "sigmoid"), "tanh": "tanh", "relu": "relu"}
_FUNCTION = "|".join(_ACTIVATIONS)
_WORD = "prime|deriv|derivative|grad|gradient|der|diff"
_SPELLINGS = re.compile(
    rf"d_?(?P<after>{_FUNCTION})|(?P<before>{_FUNCTION})_?(?:{_WORD})|(?:{_WORD})_?(?:of_)?(?P<last>{_FUNCTION})|"
    rf"(?P<d>{_FUNCTION})_d",
    re.IGNORECASE,
)
BY_NAME = "by name"
"""The keyword of a call that says so: of σ'(a), with a prime, there is no doubt what it is applied to."""


def derivative_called(name: str) -> str | None:
    """The function whose derivative is called so; None if it is none that is known.

    >>> derivative_called("sigmoid_prime"), derivative_called("dReLU"), derivative_called("sigmoid_backward")
    ('sigmoid', 'relu', None)
    """
    match = _SPELLINGS.fullmatch(name)
    return _ACTIVATIONS[next(filter(None, match.groups())).lower()] if match is not None else None


def see_its_operand(call: Call, function: Operation, operand: Thing) -> None:
    """Refuse ``sigmoid_prime(a)`` of an a = σ(z): programs mean a(1 − a) by it as often as σ'(a)."""
    if BY_NAME not in call.keywords or function is ops.relu:
        return  # the slope of relu is the same at its input and at its output
    for entry in entries_of(operand):
        output = isinstance(entry, Named) and entry.node.op is function
        if output or (isinstance(entry, Apply) and entry.operation is function):
            of = entry.text if isinstance(entry, Named) else f"what {function.name} gives"
            formula = f"{of}*(1 - {of})" if function is ops.sigmoid else f"1 - {of}**2"
            raise Refusal(
                call.place,
                f"{of} is what {function.name} gives already, so that this may be {function.name}'({of}) or {formula}: "
                "write the formula, or paste the def of the function with it",
            )
