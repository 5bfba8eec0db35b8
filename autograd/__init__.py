"""A scalar autograd engine: numbers that remember how they were computed, and the derivatives that follow from it.

>>> from autograd import Value
>>> x, w, b = Value(2.0, "x"), Value(-3.0, "w"), Value(6.5, "b")
>>> y = (w * x + b).tanh()
>>> y.backward()
>>> f"dy/dw = {w.grad:.4f}"
'dy/dw = 1.5729'
"""

from importlib import import_module
from typing import TYPE_CHECKING

from autograd.advice import missing_names, mixed_folder
from autograd.advice.names_elsewhere import OF_THE_PACKAGE
from autograd.check import check_gradients
from autograd.composed import softmax, take
from autograd.condition import Condition
from autograd.derivation import MISTAKES, DerivationLine, DerivationReport, Mistake, check_derivation
from autograd.derivatives import exact_gradients, formula, gradients, hessian, jacobian
from autograd.drawing import Drawing, RenderingError, draw, set_renderer
from autograd.explanation import Explanation, explain
from autograd.lifting import vectorize
from autograd.marking import MarkedPage, Marks, mark
from autograd.nonfinite import NonFinite, debug, first_nonfinite
from autograd.operation import Operation
from autograd.ops import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cbrt,
    ceil,
    clip,
    cos,
    cosh,
    dot,
    equal,
    erf,
    erfc,
    exp,
    expm1,
    floor,
    hypot,
    log,
    log1p,
    log2,
    log10,
    logsumexp,
    maximum,
    mean,
    minimum,
    prod,
    relu,
    sigmoid,
    sign,
    sin,
    sinh,
    softplus,
    sqrt,
    sum,  # noqa: A004  (the mathematics' name)
    tan,
    tanh,
    where,
    xlogy,
)
from autograd.recorder import no_grad
from autograd.report import Line, Report
from autograd.taping import tape
from autograd.transformations import grad, hvp, jvp, value_and_grad, vjp
from autograd.untyped import Anything
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.drawing.page_file import Page
    from autograd.lifting.program import Program
    from autograd.taping.tapes import Tape

__version__ = "0.2.0.dev0"

__all__ = [
    "MISTAKES",
    "Condition",
    "DerivationLine",
    "DerivationReport",
    "Drawing",
    "Explanation",
    "Line",
    "MarkedPage",
    "Marks",
    "Mistake",
    "NonFinite",
    "Operation",
    "Page",
    "Program",
    "RenderingError",
    "Report",
    "Tape",
    "Value",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "ceil",
    "check_derivation",
    "check_gradients",
    "clip",
    "cos",
    "cosh",
    "debug",
    "dot",
    "draw",
    "equal",
    "erf",
    "erfc",
    "exact_gradients",
    "exp",
    "explain",
    "expm1",
    "first_nonfinite",
    "floor",
    "formula",
    "grad",
    "gradients",
    "hessian",
    "hvp",
    "hypot",
    "jacobian",
    "jvp",
    "log",
    "log1p",
    "log2",
    "log10",
    "logsumexp",
    "mark",
    "maximum",
    "mean",
    "minimum",
    "no_grad",
    "prod",
    "relu",
    "set_renderer",
    "sigmoid",
    "sign",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "sqrt",
    "sum",
    "take",
    "tan",
    "tanh",
    "tape",
    "value_and_grad",
    "vectorize",
    "vjp",
    "where",
    "xlogy",
]

_LATER = {
    "Page": "autograd.drawing.page_file",
    "Program": "autograd.lifting.program",
    "Tape": "autograd.taping.tapes",
}
"""Types whose modules load what `import autograd` must not, such as numpy: imported when they are asked for."""


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


mixed_folder.warn_of_another(__file__)
_no_attribute = missing_names.answer(__name__, __all__, OF_THE_PACKAGE)


def __getattr__(name: str) -> Anything:
    return getattr(import_module(_LATER[name]), name) if name in _LATER else _no_attribute(name)
