"""The slope of an operation from its value alone, against closed forms."""

import math
from concurrent.futures import ThreadPoolExecutor
from math import cos, exp, inf, log

import mpmath
import pytest
from support import exactly

from autograd import Operation, ops
from autograd.check.many_digits import ManyDigits, many_digits
from autograd.check.oracle import ComplexStep, Sides, replays, sides

SMOOTH = [
    (ops.tanh, [20.0], 0, 1.6993417021166355e-17),
    (ops.sigmoid, [-40.0], 0, 4.248354255291589e-18),
    (ops.sigmoid, [40.0], 0, 4.248354255291589e-18),
    (ops.exp, [3.0], 0, exp(3.0)),
    (ops.log, [1e-300], 0, 1e300),
    (ops.sin, [1e15], 0, cos(1e15)),
    (ops.multiply, [1e150, 1e-150], 0, 1e-150),
    (ops.multiply, [1e150, 1e-150], 1, 1e150),
    (ops.multiply, [0.0, 3.0], 0, 3.0),
    (ops.divide, [1e100, 1e-50], 1, -1e200),
    (ops.add, [0.0, 1e300], 0, 1.0),
    (ops.power, [2.0, 3.0], 1, 8 * log(2)),
    (ops.power, [-2.0, 3.0], 0, 12.0),
    (ops.power_by(3), [0.0], 0, 0.0),
    (ops.power_by(101), [-1.01], 0, 101 * 1.01**100),
    (ops.power_by(102), [-1.01], 0, -102 * 1.01**101),
    (ops.relu, [-1.0], 0, 0.0),
    (ops.maximum, [1.0, 2.0], 0, 0.0),
    (ops.logsumexp, [1000.0, 1000.0], 1, 0.5),
    (ops.prod, [0.0, 0.0, 3.0], 0, 0.0),
    (ops.softplus, [-30.0], 0, 9.357622968839299e-14),
]


def along(operands, operand):
    return [float(i == operand) for i in range(len(operands))]


@pytest.mark.parametrize(("operation", "operands", "operand", "slope"), SMOOTH)
def test_mpmath_finds_the_slope_on_both_sides(operation, operands, operand, slope):
    found = sides(operation, operands, along(operands, operand))
    assert (found.left, found.right) == (exactly(slope), exactly(slope))
    assert not found.kink


@pytest.mark.parametrize(("operation", "operands", "operand", "slope"), SMOOTH)
def test_the_complex_step_finds_the_slope_or_says_that_it_cannot(operation, operands, operand, slope):
    assert ComplexStep()(operation, operands, along(operands, operand)) in (None, exactly(slope, 1e-12, absolute=1e-40))


def test_the_complex_step_serves_ordinary_operands():
    step = ComplexStep()
    assert [step(operation, x, along(x, i)) is not None for operation, x, i, _ in SMOOTH].count(False) <= 3


@pytest.mark.parametrize(
    ("operation", "operands", "left", "right"),
    [
        (ops.relu, [0.0], 0.0, 1.0),
        (ops.absolute, [0.0], -1.0, 1.0),
        (ops.sqrt, [0.0], None, inf),
        (ops.power_by(0.5), [0.0], None, inf),
        (ops.power_by(1.5), [0.0], None, 0.0),
        (ops.maximum, [1.0, 1.0], 0.0, 1.0),
        (ops.minimum, [1.0, 1.0], 1.0, 0.0),
    ],
)
def test_a_kink_has_a_slope_on_each_side(operation, operands, left, right):
    found = sides(operation, operands, along(operands, 0))
    assert (found.left, found.right) == (left, right)
    assert found.kink
    assert not found.jumps
    assert ComplexStep()(operation, operands, along(operands, 0)) is None


@pytest.mark.parametrize("operation", [ops.less, ops.less_equal, ops.equal, ops.greater])
def test_a_condition_jumps_where_it_turns(operation):
    assert sides(operation, [1.0, 1.0], [1.0, 0.0]).jumps


def test_a_power_of_a_negative_base_has_no_slope_by_its_exponent():
    assert sides(ops.power, [-2.0, 3.0], [0.0, 1.0]) == Sides(None, None)


def test_a_direction_adds_up_the_slopes():
    assert sides(ops.multiply, [2.0, 5.0], [1.0, -3.0]).right == exactly(5 - 6.0)


@pytest.mark.parametrize(
    ("slopes", "slope", "allowed"),
    [
        (Sides(0.0, 1.0), 0.0, True),
        (Sides(0.0, 1.0), 0.5, True),
        (Sides(0.0, 1.0), 1.5, False),
        (Sides(-1.0, 1.0), -1.0, True),
        (Sides(None, inf), inf, True),
        (Sides(None, inf), 1.0, False),
        (Sides(None, None), float("nan"), True),
        (Sides(None, None), 0.0, False),
        (Sides(2.0, 2.0), float("nan"), False),
        (Sides(0.0, inf, jumps=True), 0.0, True),
        (Sides(0.0, inf, jumps=True), 1.0, False),
        (Sides(-inf, -0.5, jumps=True), -0.5, True),
        (Sides(-inf, -0.5, jumps=True), -inf, False),
    ],
)
def test_at_a_kink_a_slope_between_those_of_the_sides_is_allowed(slopes, slope, allowed):
    assert slopes.allow(slope, 1e-10) is allowed


# The numbers of mpmath


def test_a_number_of_many_digits_notes_that_it_was_rounded_and_no_number_of_the_users_does():
    m = many_digits
    for convert in (float, int, complex, math.exp):
        m.context.rounded = False
        convert(m.number(2))
        assert m.context.rounded
    m.context.rounded = False
    assert m.exp(m.number(2)) * 3 > 5
    assert float(mpmath.mpf(2)) == 2
    assert not m.context.rounded


def test_the_precision_of_the_process_stays_as_it_is_for_an_operation_of_the_table():
    before = mpmath.mp.dps
    seen = []

    class Watched(ManyDigits):
        def tanh(self, a):
            seen.append((mpmath.mp.dps, self.context.dps))
            return self.context.tanh(a)

    m = Watched()
    with m.precision(60, [ops.tanh]):
        ops.tanh.value(m, m.number(0.5))
    assert seen == [(before, 60)]


@pytest.mark.parametrize("function", [mpmath.erf, lambda a: mpmath.exp(a) / 3, lambda a: mpmath.mpf(2) * a])
def test_an_operation_that_calls_mpmath_itself_has_its_slope_in_many_digits(function):
    before = mpmath.mp.dps
    operation = Operation("f", lambda m, a: function(a), lambda m, y, a: (1,))
    found = sides(operation, [0.5], [1.0])
    assert (found.left, found.right) == (exactly(float(mpmath.diff(function, 0.5))),) * 2
    assert not found.in_floats
    assert replays(operation, [0.5])
    assert mpmath.mp.dps == before


def test_a_number_that_is_made_a_float_behind_a_function_of_mpmath_is_noted():
    operation = Operation("f", lambda m, a: math.exp(mpmath.sin(a)), lambda m, y, a: (1,))
    assert sides(operation, [0.5], [1.0]).in_floats
    assert not replays(operation, [0.5])


def test_threads_do_not_disturb_each_other():
    cases = [SMOOTH[k % len(SMOOTH)] for k in range(60)]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda case: sides(case[0], case[1], along(case[1], case[2])), cases))
    assert [each.right for each in found] == [exactly(case[3]) for case in cases]
    assert not any(each.in_floats for each in found)


def test_what_cannot_be_computed_has_no_slope():
    refuses = Operation("refuses", value=lambda m, a: 1 / 0, local=lambda m, y, a: (1,))
    assert sides(refuses, [1.0], [1.0]) is None
    assert ComplexStep()(refuses, [1.0], [1.0]) is None
