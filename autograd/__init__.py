"""A scalar autograd engine: numbers that remember how they were computed, and the derivatives that follow from it.

>>> from autograd import Value
>>> x, w, b = Value(2.0, "x"), Value(-3.0, "w"), Value(6.5, "b")
>>> y = (w * x + b).tanh()
>>> y.backward()
>>> f"dy/dw = {w.grad:.4f}"
'dy/dw = 1.5729'
"""

from autograd.check import check_gradients
from autograd.derivation import check_derivation
from autograd.derivatives import exact_gradients, formula, gradients, hessian, jacobian
from autograd.drawing import Drawing, draw
from autograd.explanation import explain
from autograd.functions import dot, softmax, sum  # noqa: A004  (the mathematics' name)
from autograd.lifting import vectorize
from autograd.ops import (
    Operation,
    cos,
    exp,
    expm1,
    log,
    log1p,
    logsumexp,
    maximum,
    mean,
    minimum,
    prod,
    relu,
    sigmoid,
    sin,
    softplus,
    sqrt,
    tanh,
    where,
)
from autograd.recorder import no_grad
from autograd.value import Condition, Value

__version__ = "0.2.0.dev0"

__all__ = [
    "Condition",
    "Drawing",
    "Operation",
    "Value",
    "check_derivation",
    "check_gradients",
    "cos",
    "dot",
    "draw",
    "exact_gradients",
    "exp",
    "explain",
    "expm1",
    "formula",
    "gradients",
    "hessian",
    "jacobian",
    "log",
    "log1p",
    "logsumexp",
    "maximum",
    "mean",
    "minimum",
    "no_grad",
    "prod",
    "relu",
    "sigmoid",
    "sin",
    "softmax",
    "softplus",
    "sqrt",
    "sum",
    "tanh",
    "vectorize",
    "where",
]
