"""Quotients of polynomials: two numbers are found equal only if they are, and where a page is likely to spell them."""

import math
import random
from fractions import Fraction

import pytest

from autograd import ops
from autograd.numbers.floats import floats
from autograd.numbers.rational_functions import RationalFunctions, TooLong

HERE = {"x": 1.5, "y": 2.25, "n": 0.3, "z": -0.7}


def system():
    m = RationalFunctions(HERE.get)
    return m, *m.symbols("xynz").values()


IDENTITIES = {
    "the slope of sigmoid": lambda m, x, y, n, z: (
        m.sigmoid(n) * (1 - m.sigmoid(n)),
        m.exp(-n) / (1 + m.exp(-n)) ** 2,
    ),
    "tanh by sigmoid": lambda m, x, y, n, z: (m.tanh(n), 2 * m.sigmoid(2 * n) - 1),
    "the slope of tanh": lambda m, x, y, n, z: (1 - m.tanh(n) ** 2, 4 / (m.exp(n) + m.exp(-n)) ** 2),
    "sigmoid of -n": lambda m, x, y, n, z: (m.sigmoid(-n), 1 - m.sigmoid(n)),
    "softplus of -n": lambda m, x, y, n, z: (m.softplus(n) - n, m.softplus(-n)),
    "log of a softmax": lambda m, x, y, n, z: (m.log(m.exp(x) / (m.exp(x) + m.exp(y))), x - m.logsumexp(x, y)),
    "a softmax of shifted scores": lambda m, x, y, n, z: (
        m.exp(x - z) / (m.exp(x - z) + m.exp(y - z)),
        m.exp(x) / (m.exp(x) + m.exp(y)),
    ),
    "a root squared": lambda m, x, y, n, z: (m.sqrt(x * x + y * y) ** 2, x * x + y * y),
    "one over a root": lambda m, x, y, n, z: (1 / m.sqrt(x), m.sqrt(x) / x),
    "a power of three halves": lambda m, x, y, n, z: (m.power(x, Fraction(3, 2)), x * m.sqrt(x)),
    "a power of a name": lambda m, x, y, n, z: (m.power(x, y) * m.power(x, -y), m.of(1)),
    "sine and cosine": lambda m, x, y, n, z: (m.sin(n) ** 2 + m.cos(n) ** 2, m.of(1)),
    "the slope of tan": lambda m, x, y, n, z: (m.tan(n) ** 2 + 1, 1 / m.cos(n) ** 2),
    "a cube root": lambda m, x, y, n, z: (m.cbrt(z) ** 3, z),
    "partial fractions": lambda m, x, y, n, z: (1 / (x * (x + 1)), 1 / x - 1 / (x + 1)),
    "a fraction of fractions": lambda m, x, y, n, z: (1 / (1 + 1 / x), x / (x + 1)),
    "hyperbolic": lambda m, x, y, n, z: (m.cosh(n) ** 2 - m.sinh(n) ** 2, m.of(1)),
    "relu where it is on and off": lambda m, x, y, n, z: (m.relu(x) + m.relu(z), x),
}


@pytest.mark.parametrize("name", IDENTITIES)
def test_what_is_equal_is_found_equal(name):
    m, *symbols = system()
    left, right = IDENTITIES[name](m, *symbols)
    assert left == right
    assert m.value(left) == pytest.approx(m.value(right))


@pytest.mark.parametrize("name", IDENTITIES)
def test_what_is_a_little_off_is_not(name):
    m, x, *others = system()
    left, right = IDENTITIES[name](m, x, *others)
    for off in (right + Fraction(1, 10**9), right * (1 + x * Fraction(1, 10**9)), right + m.exp(x) / m.exp(x + 30)):
        assert left != off


def _made_of(m, a, b, how):
    return [
        *(lambda: a + b, lambda: a * b, lambda: a - b, lambda: m.sigmoid(a), lambda: m.exp(a) * m.exp(b)),
        *(lambda: a / b, lambda: a**2),
    ][how]()


def test_numbers_found_equal_have_equal_values_whatever_they_are_made_of():
    draw = random.Random(1)
    for _ in range(300):
        m, *symbols = system()
        numbers = [*symbols, m.of(2), m.of(Fraction(1, 3))]
        for _ in range(8):
            a, b = draw.sample(numbers, 2)
            try:
                numbers.append(_made_of(m, a, b, draw.randrange(7)))
            except (ZeroDivisionError, TooLong):
                continue
        for a in numbers:
            for b in numbers:
                try:
                    equal, left, right = a == b, m.value(a), m.value(b)
                except (ArithmeticError, TooLong):
                    continue
                if equal and math.isfinite(left):
                    assert left == pytest.approx(right, rel=1e-6, abs=1e-9)


UNARY = [
    *(ops.exp, ops.log, ops.sqrt, ops.sin, ops.cos, ops.tan, ops.tanh, ops.sigmoid, ops.softplus, ops.relu),
    *(ops.asin, ops.acos, ops.atan, ops.sinh, ops.cosh, ops.asinh, ops.atanh, ops.erf, ops.erfc, ops.cbrt),
    *(ops.log1p, ops.expm1, ops.log2, ops.log10, ops.gaussian, ops.absolute, ops.negate),
]


@pytest.mark.parametrize("operation", UNARY, ids=lambda operation: operation.name)
@pytest.mark.parametrize("x", [0.3, 0.75])
def test_a_rule_has_the_value_and_the_slope_that_it_has_in_floats(operation, x):
    m = RationalFunctions(lambda _: x)
    a = m.symbols("a")["a"]
    value = m.of(operation.value(m, a))
    [slope] = operation.local(m, value, a)
    here = operation.value(floats, x)
    assert m.value(value) == pytest.approx(here, rel=1e-12)
    assert m.value(m.of(slope)) == pytest.approx(operation.local(floats, here, x)[0], rel=1e-12)


def test_a_symbol_is_replaced_within_functions_too():
    m, x, y, n, _ = system()
    before = m.sigmoid(n) / m.log(n + x) + m.sqrt(n)
    after = m.substituted(before, "n", x * y)
    assert after == m.sigmoid(x * y) / m.log(x * y + x) + m.sqrt(x * y)


def test_a_number_that_grows_too_long_is_an_error_and_not_a_hang():
    _, x, y, n, z = system()
    with pytest.raises(TooLong):
        (1 + x + y + n + z) ** 200


def test_division_by_what_is_0_is_an_error():
    m, x, *_ = system()
    with pytest.raises(ZeroDivisionError):
        x / (m.sqrt(x) ** 2 - x)
