"""Complex numbers, for the complex step: Im f(x + ih) / h is f'(x) with no subtraction, hence to the last digit.

Each function is the analytic continuation from the real axis of the branch that the real part is on: |z| is z or −z,
and a comparison looks at real parts alone. The imaginary part of a result is computed without cancellation.
(W. Squire, G. Trapp, "Using complex variables to estimate derivatives of real functions", SIAM Review 40, 1998.)
"""

import cmath
import math

from autograd.numbers import Number, NumberSystem, accurate_form, function


class Complexes(NumberSystem):
    half = 0.5

    exp = function(cmath.exp)
    sin = function(cmath.sin)
    cos = function(cmath.cos)
    tanh = function(cmath.tanh)
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
