"""Every rule of the table in numbers, tails included, against finite differences with hundreds of digits."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf
from support import exactly, examples, finite_difference

from autograd import Value, gradients
from autograd.numbers.complexes import complexes
from autograd.numbers.floats import floats
from autograd.numbers.multiprecision import multiprecision
from autograd.ops import OPERATIONS, power_by


@dataclass(frozen=True)
class Case:
    """An operation written down a second time, with mpmath, and where to try it."""

    textbook: Callable[..., Any]
    domain: tuple[Any, ...]
    kink: Callable[..., bool] = lambda *xs: False
    """Whether some operands are on a kink, where there is no derivative to compare with."""
    digits: int = 250
    """How many digits the textbook's formula needs: 1 − tanh² cancels more than 300 of them in the tails."""
    terms: Callable[..., Any] = lambda case, point, i, j: 0
    """The size of what cancels in the second derivative by the operands i and j: rounding is relative to that."""

    def derivative(self, point, *positions):
        """The textbook's derivative by the operands at these positions, one after the other.

        A second difference takes 180 digits at 0, and what is left must be below all floats where it is to be 0.
        """
        digits = max(self.digits, 600) if len(positions) > 1 else self.digits
        return finite_difference(self.textbook, point, [positions.count(k) for k in range(len(point))], digits)


def signed(low: float, high: float) -> Any:
    return st.floats(low, high) | st.floats(-high, -low)


REAL = st.just(0.0) | signed(1e-9, 1e6)
TAILS = st.just(0.0) | signed(1e-9, 700)
NEAR = st.just(0.0) | signed(1e-9, 50)
NONZERO = signed(1e-50, 1e50)
TRUTH = st.sampled_from([0.0, 1.0])
WIDE = st.just(0.0) | signed(1e-150, 1e150)
WITHIN_ONE = st.just(0.0) | signed(1e-100, 1 - 2**-50)
POSITIVE = st.floats(1e-150, 1e150)
SMALL_TO_LARGE = signed(1e-70, 1e-60) | signed(1e-9, 1e6) | signed(1e60, 1e70)
BELL = st.just(0.0) | signed(1e-150, 26)
"""Beyond it e to the −x² is below the floats."""


def of_the_slope(case, point, i, j):
    """pᵢ − pᵢ² of the softmax cancels for pᵢ near 1."""
    return case.derivative(point, i) if i == j else 0


def of_the_mixed_power(case, point, i, j):
    """aᵇ⁻¹ + aᵇ⁻¹ · b log a."""
    return case.derivative(point) / point[0] if i != j else 0


def square(point):
    return mp.fsum(mpf(x) ** 2 for x in point)


def zero(x):
    return x == 0


def tie(x, y):
    return x == y


CASES = {
    "add": Case(lambda x, y: x + y, (REAL, REAL)),
    "subtract": Case(lambda x, y: x - y, (REAL, REAL)),
    "multiply": Case(lambda x, y: x * y, (REAL, REAL)),
    "divide": Case(lambda x, y: x / y, (NONZERO, NONZERO)),
    "negate": Case(lambda x: -x, (REAL,)),
    "power": Case(
        lambda x, y: mp.exp(y * mp.log(x)), (st.floats(1e-3, 1e3), signed(0.01, 20)), terms=of_the_mixed_power
    ),
    "absolute": Case(lambda x: x if x > 0 else -x, (REAL,), zero),
    "exp": Case(mp.exp, (TAILS,)),
    "log": Case(mp.log, (st.floats(1e-100, 1e100),)),
    "log1p": Case(lambda x: mp.log(1 + x), (st.floats(-1 + 2**-50, -1e-20) | st.floats(1e-20, 1e100),), digits=500),
    "expm1": Case(lambda x: mp.exp(x) - 1, (TAILS,), digits=500),
    "sqrt": Case(mp.sqrt, (st.floats(1e-100, 1e100),)),
    "sin": Case(mp.sin, (REAL,)),
    "cos": Case(mp.cos, (REAL,)),
    "tan": Case(lambda x: mp.sin(x) / mp.cos(x), (REAL,)),
    "asin": Case(mp.asin, (WITHIN_ONE,)),
    "acos": Case(lambda x: mp.pi / 2 - mp.asin(x), (WITHIN_ONE,)),
    "atan": Case(mp.atan, (st.just(0.0) | signed(1e-150, 1e100),), digits=1100),
    "atan2": Case(
        lambda y, x: mp.arg(mp.mpc(x, y)),
        (SMALL_TO_LARGE, SMALL_TO_LARGE),
        digits=900,
        terms=lambda case, at, i, j: 1 / square(at),
    ),
    "sinh": Case(lambda x: (mp.exp(x) - mp.exp(-x)) / 2, (TAILS,), digits=700),
    "cosh": Case(lambda x: (mp.exp(x) + mp.exp(-x)) / 2, (TAILS,), digits=700),
    "asinh": Case(lambda x: mp.log(x + mp.sqrt(1 + x * x)), (WIDE,), digits=800),
    "acosh": Case(lambda x: mp.log(x + mp.sqrt(x * x - 1)), (st.floats(1 + 2**-50, 1e150),), digits=500),
    "atanh": Case(lambda x: mp.log((1 + x) / (1 - x)) / 2, (WITHIN_ONE,), digits=500),
    "log2": Case(lambda x: mp.log(x) / mp.log(2), (POSITIVE,)),
    "log10": Case(lambda x: mp.log(x) / mp.log(10), (POSITIVE,)),
    "xlogy": Case(lambda x, y: x * mp.log(y), (REAL, POSITIVE)),
    "cbrt": Case(lambda x: mp.sign(x) * mp.exp(mp.log(abs(x)) / 3), (signed(1e-100, 1e100),)),
    "hypot": Case(
        lambda x, y: abs(mp.mpc(x, y)),
        (SMALL_TO_LARGE, SMALL_TO_LARGE),
        digits=900,
        terms=lambda case, at, i, j: 1 / mp.sqrt(square(at)),
    ),
    "leg": Case(
        lambda x, y: mp.sqrt((x - y) * (x + y)),
        (st.floats(1, 1e100), st.just(0.0) | signed(1e-100, 1 - 2**-50)),
        digits=900,
        terms=lambda case, at, i, j: case.derivative(at, 0) / case.derivative(at),
    ),
    "gaussian": Case(
        lambda x: mp.exp(-(x**2)), (BELL,), digits=900, terms=lambda case, at, i, j: 2 * case.derivative(at)
    ),
    "erf": Case(mp.erf, (BELL,), digits=900),
    "erfc": Case(lambda x: 1 - mp.erf(x), (BELL,), digits=900),
    "tanh": Case(lambda x: mp.sinh(x) / mp.cosh(x), (st.just(0.0) | signed(1e-9, 350),), digits=500),
    "sech2": Case(
        lambda x: 1 / mp.cosh(x) ** 2,
        (st.just(0.0) | signed(1e-9, 350),),
        digits=500,
        terms=lambda case, at, i, j: 2 * case.derivative(at),
    ),
    "sigmoid": Case(lambda x: 1 / (1 + mp.exp(-x)), (TAILS,), digits=500),
    "relu": Case(lambda x: x if x > 0 else 0 * x, (REAL,), zero),
    "softplus": Case(lambda x: mp.log(1 + mp.exp(x)), (TAILS,), digits=500),
    "step": Case(lambda x: mpf(x > 0), (REAL,), zero),
    "sign": Case(lambda x: mp.sign(x), (REAL,), zero),
    "floor": Case(mp.floor, (REAL,), lambda x: x == int(x)),
    "ceil": Case(lambda x: -mp.floor(-x), (REAL,), lambda x: x == int(x)),
    "clip": Case(
        lambda x, low, high: low if x < low else high if x > high else x,
        (REAL, st.floats(-1e6, -1e-9), st.floats(1e-9, 1e6)),
        lambda x, low, high: x in (low, high),
    ),
    "largest": Case(lambda *xs: sorted(xs)[-1], (REAL, REAL, REAL), lambda *xs: len(set(xs)) < 3),
    "smallest": Case(lambda *xs: sorted(xs)[0], (REAL, REAL, REAL), lambda *xs: len(set(xs)) < 3),
    "maximum": Case(lambda x, y: x if x > y else y, (REAL, REAL), tie),
    "minimum": Case(lambda x, y: x if x < y else y, (REAL, REAL), tie),
    "where": Case(lambda c, x, y: x if c > 0.5 else y, (TRUTH, REAL, REAL)),
    "less": Case(lambda x, y: mpf(x < y), (REAL, REAL), tie),
    "less_equal": Case(lambda x, y: mpf(x <= y), (REAL, REAL), tie),
    "greater": Case(lambda x, y: mpf(x > y), (REAL, REAL), tie),
    "greater_equal": Case(lambda x, y: mpf(x >= y), (REAL, REAL), tie),
    "equal": Case(lambda x, y: mpf(x == y), (REAL, REAL), tie),
    "unequal": Case(lambda x, y: mpf(x != y), (REAL, REAL), tie),
    "both": Case(lambda x, y: mpf(x > 0.5 and y > 0.5), (TRUTH, TRUTH)),
    "either": Case(lambda x, y: mpf(x > 0.5 or y > 0.5), (TRUTH, TRUTH)),
    "opposite": Case(lambda x: mpf(x < 0.5), (TRUTH,)),
    "entry": Case(lambda index, x, y: y if abs(index - 1) < 0.5 else x, (TRUTH, REAL, REAL)),
    "sum": Case(lambda x, y, z: x + y + z, (REAL, REAL, REAL)),
    "mean": Case(lambda x, y, z: (x + y + z) / 3, (REAL, REAL, REAL)),
    "prod": Case(lambda x, y, z: x * y * z, (REAL, REAL, REAL)),
    "dot": Case(lambda w, v, x, y, bias: w * x + v * y + bias, (REAL,) * 5),
    "logsumexp": Case(
        lambda x, y, z: mp.log(mp.exp(x) + mp.exp(y) + mp.exp(z)), (NEAR, NEAR, NEAR), terms=of_the_slope
    ),
}
for _exponent in (-3, -1, 0, 1, 2, 7, 0.5, -1.5, 0.1):
    CASES[f"power_by({_exponent})"] = Case(lambda x, n=_exponent: x ** mpf(n), (st.floats(1e-10, 1e10),))


def operation_of(name):
    return OPERATIONS[name] if name in OPERATIONS else power_by(float(name[9:-1]))


def test_every_operation_is_tried_in_numbers():
    assert set(OPERATIONS) <= set(CASES)


every_operation = pytest.mark.parametrize("name", CASES)
draw = st.data()
UNDERFLOW = 1e-300
"""Below it floats lose their digits one by one."""


def drawn(data, name):
    point = data.draw(st.tuples(*CASES[name].domain))
    assume(not CASES[name].kink(*point))
    return point


@every_operation
@settings(max_examples=examples(30))
@given(data=draw)
def test_a_value_is_that_of_the_textbook(name, data):
    point = drawn(data, name)
    expected = float(CASES[name].derivative(point))
    magnitude = sum(map(abs, point)) if name == "dot" else 0  # the terms may cancel after they were rounded
    size = max(map(abs, point)) ** 2 * 1e-15 if magnitude else UNDERFLOW
    assert operation_of(name).value(floats, *point) == exactly(expected, relative=2e-15, absolute=size)


@every_operation
@settings(max_examples=examples(30))
@given(data=draw)
def test_a_recorded_local_gradient_is_the_derivative_of_the_textbook(name, data):
    point = drawn(data, name)
    node = operation_of(name).record(*map(Value, point))
    # aᵇ⁻¹ takes the rounding of b − 1 times log a, and softmax that of xᵢ − max xⱼ.
    relative = 2e-14 if name.startswith("power") or name == "logsumexp" else 3e-15
    for k, recorded in enumerate(node.local_grads):
        expected = float(CASES[name].derivative(point, k))
        assert recorded == exactly(expected, relative=relative, absolute=UNDERFLOW)


def second_derivatives_are_those_of_the_textbook(name, point):
    case, inputs = CASES[name], list(map(Value, point))
    node = operation_of(name).record(*inputs)
    for i, first in enumerate(gradients(node, inputs)):
        for j, second in enumerate(gradients(first, inputs)):
            expected = float(case.derivative(point, i, j))
            rounding = 3e-15 * abs(float(case.terms(case, point, i, j)))
            assert second.data == exactly(expected, relative=3e-14, absolute=rounding + UNDERFLOW)


@every_operation
@settings(max_examples=examples(15))
@given(data=draw)
def test_the_gradient_of_a_gradient_is_the_second_derivative_of_the_textbook(name, data):
    second_derivatives_are_those_of_the_textbook(name, drawn(data, name))


@pytest.mark.parametrize(
    ("name", "point"),
    [
        *[("tanh", (sign * x,)) for x in (19.0, 20.0, 40.0, 300.0) for sign in (1, -1)],
        *[("sigmoid", (sign * x,)) for x in (36.0, 40.0, 100.0, 650.0) for sign in (1, -1)],
        *[("softplus", (sign * x,)) for x in (36.0, 40.0, 100.0, 650.0) for sign in (1, -1)],
        ("logsumexp", (0.0, -40.0, -45.0)),
        ("logsumexp", (-40.0, 0.0, 3.0)),
    ],
    ids=str,
)
def test_second_derivatives_keep_their_digits_in_the_tails(name, point):
    second_derivatives_are_those_of_the_textbook(name, point)


# The rules of the connectives take their operands for truths, which a step would make something between.
@pytest.mark.parametrize("name", [name for name in CASES if name not in ("both", "either", "opposite")])
@settings(max_examples=examples(30))
@given(data=draw)
def test_the_complex_step_agrees_with_the_recorded_local_gradients(name, data):
    point = drawn(data, name)
    operation = operation_of(name)
    for k, recorded in enumerate(operation.record(*map(Value, point)).local_grads):
        step = 1e-30 * (abs(point[k]) or 1)
        moved = [complex(x, step if i == k else 0) for i, x in enumerate(point)]
        found = complex(operation.value(complexes, *moved))
        # An imaginary part below 1e-308 has lost digits.
        assert found.imag / step == exactly(recorded, relative=1e-13, absolute=1e-322 / step)


@every_operation
@settings(max_examples=examples(30))
@given(data=draw)
def test_the_real_part_in_complex_numbers_is_the_value(name, data):
    point = drawn(data, name)
    operation = operation_of(name)
    found = complex(operation.value(complexes, *map(complex, point)))
    expected = operation.value(floats, *point)
    relative = 1e-12 if name.startswith("power") else 1e-14
    assert found.real == exactly(expected, relative=relative, absolute=1e-15 if name == "logsumexp" else UNDERFLOW)


@every_operation
@settings(max_examples=examples(15))
@given(data=draw)
def test_many_digits_give_the_value_and_the_gradients_to_many_digits(name, data):
    point = drawn(data, name)
    operation = operation_of(name)
    with mp.workdps(CASES[name].digits), multiprecision.context.workdps(CASES[name].digits):
        operands = [mpf(x) for x in point]
        value = operation.value(multiprecision, *operands)
        expected = CASES[name].textbook(*operands)
        assert abs(value - expected) <= mpf(10) ** -60 * abs(expected)
        for k, local in enumerate(operation.local(multiprecision, value, *operands)):
            slope = CASES[name].derivative(point, k)
            assert abs(local - slope) <= mpf(10) ** -60 * abs(slope)


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "softplus"])
@given(x=st.floats(-1000, 1000))
@example(x=-745.0)
@example(x=1e-300)
def test_no_activation_overflows(name, x):
    node = OPERATIONS[name](Value(x))
    assert abs(node.data) <= max(1, abs(x) + 1)
    assert 0 <= node.local_grads[0] <= 1


def test_log1p_of_a_huge_complex_number_does_not_overflow():
    assert complexes.log1p(1e200 + 0j).real == exactly(460.51701859880916)


@pytest.mark.parametrize(("condition", "taken"), [(1, 2), (0, 3)])
def test_a_step_in_a_condition_does_not_change_the_branch_taken(condition, taken):
    assert complexes.where(complex(condition, 1e-30), 2, 3) == taken
