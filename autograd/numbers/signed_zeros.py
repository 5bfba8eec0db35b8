"""The extended reals of NumPy: 1/0 has the sign of the zero.

So `vectorize` gives what arrays have, where the engine refuses to compute.
"""

from math import copysign, inf

from autograd.numbers.extended import Extended
from autograd.numbers.floats import as_module


class SignedZeros(Extended):
    @staticmethod
    def divide(a: float, b: float) -> float:
        return a * copysign(inf, b) if b == 0 else a / b

    @staticmethod
    def power(a: float, b: float) -> float:
        return copysign(inf, a) if a == 0 and b < 0 and b % 2 == 1 else Extended.power(a, b)


signed_zeros = as_module(SignedZeros())
