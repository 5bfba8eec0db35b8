"""The extended reals give the limit where a float's function has no value to give, and NaN where there is no limit."""

from math import inf, isnan, nan

import pytest

from autograd import gradients, sqrt
from autograd.numbers.extended import extended
from autograd.numbers.floats import floats
from tests.support import leaves


@pytest.mark.parametrize(
    ("function", "operands", "limit"),
    [
        ("divide", (1.0, 0.0), inf),
        ("divide", (-1.0, 0.0), -inf),
        ("log", (0.0,), -inf),
        ("log1p", (-1.0,), -inf),
        ("exp", (1000.0,), inf),
        ("expm1", (1000.0,), inf),
        ("power", (10.0, 400.0), inf),
        ("power", (-10.0, 401.0), -inf),
        ("power", (0.0, -0.5), inf),
    ],
)
def test_a_function_gives_its_limit(function, operands, limit):
    assert getattr(extended, function)(*operands) == limit


@pytest.mark.parametrize(
    ("function", "operands"),
    [
        ("divide", (0.0, 0.0)),
        ("log", (-1.0,)),
        ("log1p", (-2.0,)),
        ("sqrt", (-1.0,)),
        ("power", (-8.0, 1 / 3)),
        *((name, (nan,)) for name in ("log", "log1p", "sqrt", "exp", "expm1", "sin", "cos")),
        *((name, (side,)) for name in ("sin", "cos") for side in (inf, -inf)),
    ],
)
def test_where_there_is_no_limit_it_is_not_a_number(function, operands):
    assert isnan(getattr(extended, function)(*operands))


@pytest.mark.parametrize(("function", "x"), [("log", 2.0), ("log1p", 2.0), ("sqrt", 2.0), ("exp", 2.0), ("expm1", 2.0)])
def test_elsewhere_it_is_that_of_floats(function, x):
    assert getattr(extended, function)(x) == getattr(floats, function)(x)


def test_a_slope_that_is_infinite_can_be_differentiated_again():
    """√ at 0: its slope is ½/√a = ∞, and the slope of that −¼/a^1.5 = −∞."""
    [a] = leaves(0.0)
    [slope] = gradients(sqrt(a), [a])
    [curvature] = gradients(slope, [a])
    assert (slope.data, curvature.data) == (inf, -inf)
