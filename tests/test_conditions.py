"""Comparisons: recorded truths, for an ``if`` and for `where`."""

import pytest
from support import grads, leaves

from autograd import Condition, Value, equal, where

PAIRS = [(1.0, 2.0), (2.0, 1.0), (2.0, 2.0)]
COMPARISONS = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
each_comparison = pytest.mark.parametrize(("symbol", "compare"), COMPARISONS.items())


@each_comparison
@pytest.mark.parametrize("pair", PAIRS)
def test_a_comparison_of_values_is_as_true_as_that_of_their_numbers(symbol, compare, pair):
    assert bool(compare(*leaves(*pair))) is compare(*pair)


@each_comparison
@pytest.mark.parametrize("pair", PAIRS)
def test_a_comparison_takes_a_number_on_either_side(symbol, compare, pair):
    a, b = pair
    assert bool(compare(Value(a), b)) is compare(a, b)
    assert bool(compare(a, Value(b))) is compare(a, b)


@each_comparison
def test_a_comparison_is_recorded(symbol, compare):
    a, b = leaves(1.0, 2.0)
    condition = compare(a, b)
    assert isinstance(condition, Condition)
    assert (str(condition.op), condition.parents) == (symbol, (a, b))


@pytest.mark.parametrize("pair", PAIRS)
def test_an_equality_with_a_number_is_as_true_as_that_of_the_numbers(pair):
    a, b = pair
    x = Value(a)
    assert (bool(x == b), bool(x != b)) == (a == b, a != b)
    assert (bool(equal(x, Value(b))), bool(b != x)) == (a == b, a != b)


def test_an_equality_with_a_number_is_recorded_as_it_was_written():
    x = Value(1.0)
    for condition, symbol in [(x == 2, "=="), (x != 2, "!=")]:
        assert (str(condition.op), condition.parents[0], condition.parents[1].data) == (symbol, x, 2.0)


def test_a_condition_shows_its_truth():
    x = Value(1.0)
    assert (repr(x > 0), repr(x < 0)) == ("Condition(True)", "Condition(False)")


def test_a_condition_decides_an_if():
    assert [1 if Value(x) > 0 else 0 for x in (1.0, -1.0)] == [1, 0]


@pytest.mark.parametrize("a", [0.0, 2.0])
@pytest.mark.parametrize("b", [0.0, 2.0])
def test_conditions_combine_as_truths_do(a, b):
    left, right = Value(a) > 1, Value(b) > 1
    assert bool(left & right) is (a > 1 and b > 1)
    assert bool(left | right) is (a > 1 or b > 1)
    assert bool(~left) is not (a > 1)


@pytest.mark.parametrize("truth", [True, False])
def test_a_condition_combines_with_a_plain_truth(truth):
    holds = Value(2.0) > 1
    assert bool(holds & truth) is truth
    assert bool(truth & holds) is truth
    assert bool(~holds | truth) is truth
    assert bool(truth | ~holds) is truth


def test_a_combination_is_recorded():
    x = Value(2.0)
    left, right = x > 1, x < 3
    both = left & right
    assert (str(both.op), both.parents) == ("and", (left, right))


@pytest.mark.parametrize(("x", "value", "slope"), [(2.0, 4.0, 4.0), (5.0, 5.0, 1.0), (-5.0, -5.0, 1.0)])
def test_where_takes_a_combination(x, value, slope):
    leaf = Value(x)
    y = where((leaf > -3) & (leaf < 3), leaf**2, leaf)
    assert y.data == value
    assert grads(y, [leaf]) == [slope]


@pytest.mark.parametrize(("condition", "expected"), [(1, [1, 0]), (0.0, [0, 1])])
def test_where_takes_a_number_that_is_1_or_0(condition, expected):
    a, b = leaves(2.0, 3.0)
    assert grads(where(condition, a, b), [a, b]) == expected


def test_where_of_numbers_is_a_number():
    assert where(1.0, 5, 7) == 5.0


def test_no_gradient_passes_through_a_condition():
    a, b = leaves(2.0, 1.0)
    assert grads((a > b) * 3 + a * 0, [a, b]) == [0, 0]


def test_a_condition_is_an_operand_of_arithmetic_on_either_side():
    x = Value(3.0)
    for y in [x * (x > 1), (x > 1) * x]:
        x.grad = None
        assert y.data == 3.0
        assert grads(y, [x]) == [1.0]


def test_a_nan_is_neither_less_nor_greater():
    x = Value(float("nan"))
    assert not any([x < 1, x > 1, x <= 1, x >= 1])
