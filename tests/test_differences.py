"""The slope of an operation by differences of floats: roughly right, and knowing how roughly."""

import math

import pytest

from autograd import Operation, ops
from autograd.check.differences import Estimate, estimate_slope


def slope_of(function, x):
    return estimate_slope(Operation("f", lambda m, a: function(a), lambda m, y, a: (0.0,)), [x], [1.0])


@pytest.mark.parametrize("x", [-20.0, -1.0, 0.0, 1e-9, 1e-3, 2.0, 300.0])
def test_a_smooth_slope_has_five_digits(x):
    assert slope_of(math.exp, x).agrees(math.exp(x)) or math.exp(x) < 1e-8
    assert slope_of(math.atan, x).agrees(1 / (1 + x * x))
    assert slope_of(math.exp, x).refutes(math.exp(x) * 1.001 + 1e-9)


@pytest.mark.parametrize("x", [math.pi, 0.0, 1e-9])
def test_where_a_curve_turns_it_is_no_bend(x):
    estimate = slope_of(math.cos, x)
    assert estimate.slope is not None
    assert not estimate.refutes(-math.sin(x))
    assert estimate.refutes(1e-3)


def test_a_bend_has_no_slope_and_one_nearby_is_not_straddled():
    assert slope_of(abs, 0.0).slope is None
    assert slope_of(lambda a: max(a - 1.0, 0.0), 1.0).slope is None
    assert slope_of(lambda a: max(a - 1.0, 0.0), 1.00001).agrees(1.0)


@pytest.mark.parametrize("x", [2.0, 2.5, 0.0, -1.0, 1e-9, 1e6, 1e6 + 0.5])
@pytest.mark.parametrize("function", [math.floor, round, lambda a: (a > 2) - (a < 2), lambda a: 3])
def test_a_staircase_is_flat_on_its_steps_and_at_their_edges(function, x):
    assert slope_of(function, x).agrees(0.0)
    assert slope_of(function, x).refutes(2.0)


def test_a_slope_below_the_rounding_of_the_value_is_neither_confirmed_nor_refuted():
    estimate = slope_of(math.erf, 6.0)
    assert not estimate.agrees(2.6e-16)
    assert not estimate.refutes(2.6e-16)
    assert estimate.refutes(1e-9)


def test_rounding_on_the_way_to_a_small_value_refutes_nothing():
    for x in (-15.0, -20.0, -25.0):
        assert not slope_of(lambda a: math.log(1 + math.exp(a)), x).refutes(1 / (1 + math.exp(-x)))


def test_a_slope_that_is_not_finite_is_refuted():
    assert slope_of(math.exp, 1.0).refutes(math.nan)
    assert slope_of(math.exp, 1.0).refutes(math.inf)


def test_what_cannot_be_computed_has_no_slope():
    refuses = Operation("refuses", value=lambda m, a: 1 / 0, local=lambda m, y, a: (1,))
    assert estimate_slope(refuses, [1.0], [1.0]) == Estimate(None)


def test_the_slope_may_be_along_a_direction():
    assert estimate_slope(ops.multiply, [2.0, 5.0], [1.0, -3.0]).agrees(5 - 6.0)
