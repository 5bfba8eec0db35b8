"""Complex numbers, for the complex step: Im f(x + ih) / h is f'(x) with no subtraction, hence to the last digit.

Each function is the analytic continuation from the real axis of the branch that the real part is on: |z| is z or −z,
and a comparison looks at real parts alone. The imaginary part of a result is computed without cancellation.
(W. Squire, G. Trapp, "Using complex variables to estimate derivatives of real functions", SIAM Review 40, 1998.)
"""

import cmath
import math

from autograd.numbers import Number, NumberSystem, accurate_form, function
from autograd.numbers.floats import floats


class Complexes(NumberSystem):
    half = 0.5
    pi = math.pi

    exp = function(cmath.exp)
    sin = function(cmath.sin)
    cos = function(cmath.cos)
    tan = function(cmath.tan)
    atan = function(cmath.atan)
    sinh = function(cmath.sinh)
    cosh = function(cmath.cosh)
    tanh = function(cmath.tanh)
    asinh = function(cmath.asinh)
    choose = function(accurate_form)

    def number(self, x: float) -> complex:
        return complex(x)

    def divide(self, a: complex, b: complex) -> complex:
        return a / b

    def log(self, a: complex) -> complex:
        return cmath.log(a) if a.real > 0 else _no_value("log", a)

    def sqrt(self, a: complex) -> complex:
        return cmath.sqrt(a) if a.real >= 0 else _no_value("sqrt", a)

    def log1p(self, a: complex) -> complex:
        x, h = a.real, a.imag
        # log |1 + a|: near 0 without the rounding of 1 + x, elsewhere without the square that overflows.
        size = math.log1p(x * (2 + x) + h * h) / 2 if -0.5 < x < 1 else math.log(abs(1 + a))
        return complex(size, math.atan2(h, 1 + x))

    def expm1(self, a: complex) -> complex:
        x, h = a.real, a.imag
        return complex(math.expm1(x) * math.cos(h) - 2 * math.sin(h / 2) ** 2, math.exp(x) * math.sin(h))

    def log2(self, a: complex) -> complex:
        return self.log(a) / math.log(2)

    def log10(self, a: complex) -> complex:
        return self.log(a) / math.log(10)

    def xlogy(self, a: complex, b: complex) -> complex:
        return 0j if complex(a).real == 0 and complex(b).real == 0 else a * self.log(complex(b))

    def asin(self, a: complex) -> complex:
        return cmath.asin(a) if abs(a.real) <= 1 else _no_value("asin", a)

    def acos(self, a: complex) -> complex:
        return cmath.acos(a) if abs(a.real) <= 1 else _no_value("acos", a)

    def acosh(self, a: complex) -> complex:
        return cmath.acosh(a) if a.real >= 1 else _no_value("acosh", a)

    def atanh(self, a: complex) -> complex:
        return cmath.atanh(a) if abs(a.real) < 1 else _no_value("atanh", a)

    def atan2(self, a: complex, b: complex) -> complex:
        y, x = complex(a), complex(b)
        if abs(y.real) > abs(x.real):
            return math.copysign(math.pi / 2, y.real) - cmath.atan(x / y)
        angle = cmath.atan(y / x) if x.real else 0j
        return angle if math.copysign(1, x.real) > 0 else angle + math.copysign(math.pi, y.real)

    def hypot(self, a: complex, b: complex) -> complex:
        size = max(abs(complex(a).real), abs(complex(b).real))
        return size * cmath.sqrt((a / size) ** 2 + (b / size) ** 2) if size else 0j

    def leg(self, a: complex, b: complex) -> complex:
        a, b = complex(a), complex(b)
        if a.real < 2 * abs(b.real):
            return self.sqrt(a - b) * self.sqrt(a + b)
        return a * self.sqrt(1 - (b / a) ** 2)  # of which no derivative cancels

    def cbrt(self, a: complex) -> complex:
        root = floats.cbrt(a.real)
        return root * cmath.exp(cmath.log(complex(1, a.imag / a.real)) / 3) if root else 0j

    def gaussian(self, a: complex) -> complex:
        x, h = a.real, a.imag
        return floats.gaussian(x) * cmath.exp(complex(h * h, -2 * x * h))

    def erf(self, a: complex) -> complex:
        return math.erf(a.real) + self._erf_beside_the_axis(a)

    def erfc(self, a: complex) -> complex:
        return math.erfc(a.real) - self._erf_beside_the_axis(a)

    def _erf_beside_the_axis(self, a: complex) -> complex:
        """The integral of 2/√π e to the −t² from the real part of a to a, by Gauss's rule of two points."""
        points = (complex(a.real, a.imag * (1 + sign / math.sqrt(3)) / 2) for sign in (-1, 1))
        return 1j * a.imag / math.sqrt(math.pi) * sum(map(self.gaussian, points))

    def floor(self, a: complex) -> complex:
        return complex(floats.floor(a.real))

    def ceil(self, a: complex) -> complex:
        return complex(floats.ceil(a.real))

    def power(self, a: complex, b: complex) -> complex:
        a, b = complex(a), complex(b)
        whole = b.imag == 0 and b.real == int(b.real)
        if whole and abs(b.real) <= 100:
            return a ** int(b.real)
        if whole and a.real < 0:
            # The logarithm of a negative base would turn by π; (−a)ᵇ (−1)ᵇ stays on the real axis.
            return (1 if b.real % 2 == 0 else -1) * self.exp(b * cmath.log(-a))
        return self.exp(b * cmath.log(a)) if a.real > 0 else _no_value("**", a)

    def sigmoid(self, a: complex) -> complex:
        if a.real >= 0:
            return 1 / (1 + self.exp(-a))
        e = self.exp(a)
        return e / (1 + e)

    def softplus(self, a: complex) -> complex:
        return self.log1p(self.exp(a)) if a.real < 0 else a + self.log1p(self.exp(-a))

    def absolute(self, a: complex) -> complex:
        return -a if a.real < 0 else a

    def relu(self, a: complex) -> complex:
        return a if a.real > 0 or a != a else 0j

    def step(self, a: complex) -> complex:
        return 1 + 0j if a.real > 0 else self.nothing

    def sign(self, a: complex) -> complex:
        return complex(math.copysign(1, a.real)) if a.real else self.nothing

    def share(self, a: complex, b: complex) -> Number:
        return super().share(complex(a).real, complex(b).real)

    def maximum(self, a: complex, b: complex) -> complex:
        return a if complex(a).real > complex(b).real else b

    def minimum(self, a: complex, b: complex) -> complex:
        return a if complex(a).real < complex(b).real else b

    def where(self, condition: complex, a: complex, b: complex) -> complex:
        return a if complex(condition).real else b

    def less(self, a: complex, b: complex) -> complex:
        return complex(complex(a).real < complex(b).real)

    def less_equal(self, a: complex, b: complex) -> complex:
        return complex(complex(a).real <= complex(b).real)

    def equal(self, a: complex, b: complex) -> complex:
        return complex(complex(a).real == complex(b).real)

    def largest(self, *xs: complex) -> float:
        return max(complex(x).real for x in xs)

    def sum(self, *xs: complex) -> complex:
        return complex(math.fsum(complex(x).real for x in xs), math.fsum(complex(x).imag for x in xs))

    def prod(self, *xs: complex) -> complex:
        return math.prod(xs, start=1 + 0j)


def _no_value(name: str, a: complex) -> Number:
    raise ValueError(f"{name} has no real value at {a.real}")


complexes = Complexes()
