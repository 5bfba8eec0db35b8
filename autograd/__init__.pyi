"""Written by docs/signatures.py."""

from collections.abc import Iterable
from typing import overload

from autograd.check import check_gradients
from autograd.composed import softmax, take
from autograd.condition import Condition
from autograd.derivation import MISTAKES, DerivationLine, DerivationReport, Mistake, check_derivation
from autograd.derivatives import exact_gradients, formula, gradients, hessian, jacobian
from autograd.drawing import Drawing, RenderingError, draw, set_renderer
from autograd.drawing.page_file import Page
from autograd.explanation import Explanation, explain
from autograd.lifting import vectorize
from autograd.lifting.program import Program
from autograd.marking import MarkedPage, Marks, mark
from autograd.nonfinite import NonFinite, debug, first_nonfinite
from autograd.operation import Operation
from autograd.recorder import no_grad
from autograd.report import Line, Report
from autograd.taping import tape
from autograd.taping.tapes import Tape
from autograd.transformations import grad, hvp, jvp, value_and_grad, vjp
from autograd.untyped import Real
from autograd.value import Value

__version__: str
__all__ = ['MISTAKES', 'Condition', 'DerivationLine', 'DerivationReport', 'Drawing', 'Explanation', 'Line', 'MarkedPage', 'Marks', 'Mistake', 'NonFinite', 'Operation', 'Page', 'Program', 'RenderingError', 'Report', 'Tape', 'Value', 'acos', 'acosh', 'asin', 'asinh', 'atan', 'atan2', 'atanh', 'cbrt', 'ceil', 'check_derivation', 'check_gradients', 'clip', 'cos', 'cosh', 'debug', 'dot', 'draw', 'equal', 'erf', 'erfc', 'exact_gradients', 'exp', 'explain', 'expm1', 'first_nonfinite', 'floor', 'formula', 'grad', 'gradients', 'hessian', 'hvp', 'hypot', 'jacobian', 'jvp', 'log', 'log1p', 'log2', 'log10', 'logsumexp', 'mark', 'maximum', 'mean', 'minimum', 'no_grad', 'prod', 'relu', 'set_renderer', 'sigmoid', 'sign', 'sin', 'sinh', 'softmax', 'softplus', 'sqrt', 'sum', 'take', 'tan', 'tanh', 'tape', 'value_and_grad', 'vectorize', 'vjp', 'where', 'xlogy']

@overload
def acos(a: Value) -> Value:
    """The angle from 0 to π whose cosine is a. Its derivative at −1 and 1 is -inf. It needs an operand from -1 to 1."""
@overload
def acos(a: Real) -> float:
    """The angle from 0 to π whose cosine is a. Its derivative at −1 and 1 is -inf. It needs an operand from -1 to 1."""
@overload
def acosh(a: Value) -> Value:
    """The number from 0 on whose hyperbolic cosine is a. Its derivative at 1 is inf. It needs an operand of 1 or more."""
@overload
def acosh(a: Real) -> float:
    """The number from 0 on whose hyperbolic cosine is a. Its derivative at 1 is inf. It needs an operand of 1 or more."""
@overload
def asin(a: Value) -> Value:
    """The angle from −π/2 to π/2 whose sine is a. Its derivative at −1 and 1 is inf. It needs an operand from -1 to 1."""
@overload
def asin(a: Real) -> float:
    """The angle from −π/2 to π/2 whose sine is a. Its derivative at −1 and 1 is inf. It needs an operand from -1 to 1."""
@overload
def asinh(a: Value) -> Value:
    """The number whose hyperbolic sine is a."""
@overload
def asinh(a: Real) -> float:
    """The number whose hyperbolic sine is a."""
@overload
def atan(a: Value) -> Value:
    """The angle from −π/2 to π/2 whose tangent is a."""
@overload
def atan(a: Real) -> float:
    """The angle from −π/2 to π/2 whose tangent is a."""
@overload
def atan2(a: Value, b: Value | Real) -> Value:
    """The angle from −π to π of the point (b, a): that of b + ai. The slopes at (0, 0) are 0."""
@overload
def atan2(a: Value | Real, b: Value) -> Value:
    """The angle from −π to π of the point (b, a): that of b + ai. The slopes at (0, 0) are 0."""
@overload
def atan2(a: Real, b: Real) -> float:
    """The angle from −π to π of the point (b, a): that of b + ai. The slopes at (0, 0) are 0."""
@overload
def atanh(a: Value) -> Value:
    """The number whose hyperbolic tangent is a. It needs an operand between -1 and 1."""
@overload
def atanh(a: Real) -> float:
    """The number whose hyperbolic tangent is a. It needs an operand between -1 and 1."""
@overload
def cbrt(a: Value) -> Value:
    """The cube root of a, which is real for a < 0 too. Its derivative at 0 is inf."""
@overload
def cbrt(a: Real) -> float:
    """The cube root of a, which is real for a < 0 too. Its derivative at 0 is inf."""
@overload
def ceil(a: Value) -> Value:
    """The smallest whole number from a on. Its derivative is 0, at the jumps too."""
@overload
def ceil(a: Real) -> float:
    """The smallest whole number from a on. Its derivative is 0, at the jumps too."""
@overload
def clip(x: Value, low: Value | Real, high: Value | Real) -> Value:
    """The nearest number to x from low to high. Its derivative by x is 1 inside and at both ends, else 0; it is 0 where low is high. It needs a low of at most high."""
@overload
def clip(x: Value | Real, low: Value, high: Value | Real) -> Value:
    """The nearest number to x from low to high. Its derivative by x is 1 inside and at both ends, else 0; it is 0 where low is high. It needs a low of at most high."""
@overload
def clip(x: Value | Real, low: Value | Real, high: Value) -> Value:
    """The nearest number to x from low to high. Its derivative by x is 1 inside and at both ends, else 0; it is 0 where low is high. It needs a low of at most high."""
@overload
def clip(x: Real, low: Real, high: Real) -> float:
    """The nearest number to x from low to high. Its derivative by x is 1 inside and at both ends, else 0; it is 0 where low is high. It needs a low of at most high."""
@overload
def cos(a: Value) -> Value:
    """The cosine of a, in radians. It needs a finite operand."""
@overload
def cos(a: Real) -> float:
    """The cosine of a, in radians. It needs a finite operand."""
@overload
def cosh(a: Value) -> Value:
    """The hyperbolic cosine, which is too large for a float beyond ±710.4."""
@overload
def cosh(a: Real) -> float:
    """The hyperbolic cosine, which is too large for a float beyond ±710.4."""
@overload
def dot(weights: Iterable[Value], inputs: Iterable[Value], bias: Value | Real = 0) -> Value:
    """w₁x₁ + … + wₙxₙ + bias, the weighted sum of a neuron. ValueError if the lengths differ."""
@overload
def dot(weights: Iterable[Real], inputs: Iterable[Real], bias: Real = 0) -> float:  # type: ignore[overload-overlap]
    """w₁x₁ + … + wₙxₙ + bias, the weighted sum of a neuron. ValueError if the lengths differ."""
@overload
def dot(weights: Iterable[Value | Real], inputs: Iterable[Value | Real], bias: Value | Real = 0) -> Value:
    """w₁x₁ + … + wₙxₙ + bias, the weighted sum of a neuron. ValueError if the lengths differ."""
def equal(a: Value | Real, b: Value | Real) -> Condition:
    """Whether two numbers are equal, recorded. NaN equals nothing."""
@overload
def erf(a: Value) -> Value:
    """The error function, 2/√π times the integral of e to the −t² from 0 to a."""
@overload
def erf(a: Real) -> float:
    """The error function, 2/√π times the integral of e to the −t² from 0 to a."""
@overload
def erfc(a: Value) -> Value:
    """1 − erf(a), to full precision in the tails."""
@overload
def erfc(a: Real) -> float:
    """1 − erf(a), to full precision in the tails."""
@overload
def exp(a: Value) -> Value:
    """eᵃ."""
@overload
def exp(a: Real) -> float:
    """eᵃ."""
@overload
def expm1(a: Value) -> Value:
    """eᵃ − 1, to full precision near a = 0."""
@overload
def expm1(a: Real) -> float:
    """eᵃ − 1, to full precision near a = 0."""
@overload
def floor(a: Value) -> Value:
    """The largest whole number up to a. Its derivative is 0, at the jumps too."""
@overload
def floor(a: Real) -> float:
    """The largest whole number up to a. Its derivative is 0, at the jumps too."""
@overload
def hypot(a: Value, b: Value | Real) -> Value:
    """√(a² + b²), with no overflow. The slopes at (0, 0) are 0."""
@overload
def hypot(a: Value | Real, b: Value) -> Value:
    """√(a² + b²), with no overflow. The slopes at (0, 0) are 0."""
@overload
def hypot(a: Real, b: Real) -> float:
    """√(a² + b²), with no overflow. The slopes at (0, 0) are 0."""
@overload
def log(a: Value) -> Value:
    """The natural logarithm. It needs an operand above 0."""
@overload
def log(a: Real) -> float:
    """The natural logarithm. It needs an operand above 0."""
@overload
def log1p(a: Value) -> Value:
    """log(1 + a), to full precision near a = 0. It needs an operand above -1."""
@overload
def log1p(a: Real) -> float:
    """log(1 + a), to full precision near a = 0. It needs an operand above -1."""
@overload
def log2(a: Value) -> Value:
    """The logarithm to base 2. It needs an operand above 0."""
@overload
def log2(a: Real) -> float:
    """The logarithm to base 2. It needs an operand above 0."""
@overload
def log10(a: Value) -> Value:
    """The logarithm to base 10. It needs an operand above 0."""
@overload
def log10(a: Real) -> float:
    """The logarithm to base 10. It needs an operand above 0."""
@overload
def logsumexp(values: Iterable[Value], /) -> Value:
    """log(eˣ¹ + … + eˣⁿ), with no overflow. Its gradients are the softmax. It needs at least one operand."""
@overload
def logsumexp(*values: Value) -> Value:
    """log(eˣ¹ + … + eˣⁿ), with no overflow. Its gradients are the softmax. It needs at least one operand."""
@overload
def logsumexp(values: Iterable[Real], /) -> float:  # type: ignore[overload-overlap]
    """log(eˣ¹ + … + eˣⁿ), with no overflow. Its gradients are the softmax. It needs at least one operand."""
@overload
def logsumexp(*values: Real) -> float:  # type: ignore[overload-overlap]
    """log(eˣ¹ + … + eˣⁿ), with no overflow. Its gradients are the softmax. It needs at least one operand."""
@overload
def logsumexp(values: Iterable[Value | Real], /) -> Value:
    """log(eˣ¹ + … + eˣⁿ), with no overflow. Its gradients are the softmax. It needs at least one operand."""
@overload
def logsumexp(*values: Value | Real) -> Value:
    """log(eˣ¹ + … + eˣⁿ), with no overflow. Its gradients are the softmax. It needs at least one operand."""
@overload
def maximum(values: Iterable[Value], /) -> Value:
    """The largest of some values. A tie splits the gradient evenly. NaN wins."""
@overload
def maximum(*values: Value) -> Value:
    """The largest of some values. A tie splits the gradient evenly. NaN wins."""
@overload
def maximum(values: Iterable[Real], /) -> float:  # type: ignore[overload-overlap]
    """The largest of some values. A tie splits the gradient evenly. NaN wins."""
@overload
def maximum(*values: Real) -> float:  # type: ignore[overload-overlap]
    """The largest of some values. A tie splits the gradient evenly. NaN wins."""
@overload
def maximum(values: Iterable[Value | Real], /) -> Value:
    """The largest of some values. A tie splits the gradient evenly. NaN wins."""
@overload
def maximum(*values: Value | Real) -> Value:
    """The largest of some values. A tie splits the gradient evenly. NaN wins."""
@overload
def mean(values: Iterable[Value], /) -> Value:
    """The arithmetic mean of some values. It needs at least one operand."""
@overload
def mean(*values: Value) -> Value:
    """The arithmetic mean of some values. It needs at least one operand."""
@overload
def mean(values: Iterable[Real], /) -> float:  # type: ignore[overload-overlap]
    """The arithmetic mean of some values. It needs at least one operand."""
@overload
def mean(*values: Real) -> float:  # type: ignore[overload-overlap]
    """The arithmetic mean of some values. It needs at least one operand."""
@overload
def mean(values: Iterable[Value | Real], /) -> Value:
    """The arithmetic mean of some values. It needs at least one operand."""
@overload
def mean(*values: Value | Real) -> Value:
    """The arithmetic mean of some values. It needs at least one operand."""
@overload
def minimum(values: Iterable[Value], /) -> Value:
    """The smallest of some values, as `maximum`."""
@overload
def minimum(*values: Value) -> Value:
    """The smallest of some values, as `maximum`."""
@overload
def minimum(values: Iterable[Real], /) -> float:  # type: ignore[overload-overlap]
    """The smallest of some values, as `maximum`."""
@overload
def minimum(*values: Real) -> float:  # type: ignore[overload-overlap]
    """The smallest of some values, as `maximum`."""
@overload
def minimum(values: Iterable[Value | Real], /) -> Value:
    """The smallest of some values, as `maximum`."""
@overload
def minimum(*values: Value | Real) -> Value:
    """The smallest of some values, as `maximum`."""
@overload
def prod(values: Iterable[Value], /) -> Value:
    """The product of some values."""
@overload
def prod(*values: Value) -> Value:
    """The product of some values."""
@overload
def prod(values: Iterable[Real], /) -> float:  # type: ignore[overload-overlap]
    """The product of some values."""
@overload
def prod(*values: Real) -> float:  # type: ignore[overload-overlap]
    """The product of some values."""
@overload
def prod(values: Iterable[Value | Real], /) -> Value:
    """The product of some values."""
@overload
def prod(*values: Value | Real) -> Value:
    """The product of some values."""
@overload
def relu(a: Value) -> Value:
    """max(a, 0), with relu'(0) = 0. NaN stays NaN."""
@overload
def relu(a: Real) -> float:
    """max(a, 0), with relu'(0) = 0. NaN stays NaN."""
@overload
def sigmoid(a: Value) -> Value:
    """σ(a) = 1 / (1 + e⁻ᵃ)."""
@overload
def sigmoid(a: Real) -> float:
    """σ(a) = 1 / (1 + e⁻ᵃ)."""
@overload
def sign(a: Value) -> Value:
    """The derivative of |a|: −1, 0 or 1. Its own is 0."""
@overload
def sign(a: Real) -> float:
    """The derivative of |a|: −1, 0 or 1. Its own is 0."""
@overload
def sin(a: Value) -> Value:
    """The sine of a, in radians. It needs a finite operand."""
@overload
def sin(a: Real) -> float:
    """The sine of a, in radians. It needs a finite operand."""
@overload
def sinh(a: Value) -> Value:
    """The hyperbolic sine, which is too large for a float beyond ±710.4."""
@overload
def sinh(a: Real) -> float:
    """The hyperbolic sine, which is too large for a float beyond ±710.4."""
@overload
def softplus(a: Value) -> Value:
    """log(1 + eᵃ), a smooth relu."""
@overload
def softplus(a: Real) -> float:
    """log(1 + eᵃ), a smooth relu."""
@overload
def sqrt(a: Value) -> Value:
    """√a. Its derivative at 0 is inf. It needs an operand of 0 or more."""
@overload
def sqrt(a: Real) -> float:
    """√a. Its derivative at 0 is inf. It needs an operand of 0 or more."""
@overload
def sum(values: Iterable[Value], start: Value | Real = 0) -> Value:
    """start + x₁ + … + xₙ, rounded once: ``sum([1e16, 1, -1e16])`` is 1."""
@overload
def sum(values: Iterable[Real], start: Real = 0) -> float:  # type: ignore[overload-overlap]
    """start + x₁ + … + xₙ, rounded once: ``sum([1e16, 1, -1e16])`` is 1."""
@overload
def sum(values: Iterable[Value | Real], start: Value | Real = 0) -> Value:
    """start + x₁ + … + xₙ, rounded once: ``sum([1e16, 1, -1e16])`` is 1."""
@overload
def tan(a: Value) -> Value:
    """The tangent of a, in radians. It needs a finite operand."""
@overload
def tan(a: Real) -> float:
    """The tangent of a, in radians. It needs a finite operand."""
@overload
def tanh(a: Value) -> Value:
    """The hyperbolic tangent."""
@overload
def tanh(a: Real) -> float:
    """The hyperbolic tangent."""
def where(condition: Value, a: Value | Real, b: Value | Real) -> Value:
    """a where the condition, as ``x > y`` or ``equal(x, y)``, holds, else b. No gradient passes to the branch not taken, but it needs a value: by a double ``where(x > 0, log(where(x > 0, x, 1)), 0)``, or `clip`."""
@overload
def xlogy(a: Value, b: Value | Real) -> Value:
    """a · log b, which is 0 at (0, 0). There no gradient passes to b, and the slope by a is -inf. It needs a second operand above 0, or two zeros."""
@overload
def xlogy(a: Value | Real, b: Value) -> Value:
    """a · log b, which is 0 at (0, 0). There no gradient passes to b, and the slope by a is -inf. It needs a second operand above 0, or two zeros."""
@overload
def xlogy(a: Real, b: Real) -> float:
    """a · log b, which is 0 at (0, 0). There no gradient passes to b, and the slope by a is -inf. It needs a second operand above 0, or two zeros."""
