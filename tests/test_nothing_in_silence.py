"""Where a wrong number could come without a word: each case is right, or refused."""

import gc
import math
import re
import weakref
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from math import inf, isnan, nan
from random import Random
from unittest import mock

import mpmath
import numpy as np
import pytest

from autograd import (
    Condition,
    Operation,
    Value,
    asin,
    cbrt,
    check_derivation,
    check_gradients,
    clip,
    equal,
    erf,
    exact_gradients,
    exp,
    explain,
    floor,
    formula,
    gradients,
    hessian,
    hypot,
    log,
    maximum,
    mean,
    minimum,
    ops,
    relu,
    sigmoid,
    softplus,
    sqrt,
    tanh,
    vectorize,
    where,
    xlogy,
)
from autograd.graph import chain_rule, contributions, topological_order
from autograd.numbers.extended import extended
from autograd.numbers.rationals import rationals

# 0 · ∞: what does not matter around the point passes nothing; a zero that is a number makes NaN of it

PASSES_NOTHING = {
    "a relu that is off": lambda x: relu(sqrt(x) - 1),
    "a relu at its kink": lambda x: relu(sqrt(x)),
    "an absolute value at its kink": lambda x: abs(sqrt(x)),
    "the loser of a maximum": lambda x: maximum(sqrt(x), 1),
    "the loser of a minimum": lambda x: minimum(sqrt(x) + 2, 1),
    "the branch not taken": lambda x: where(x > 0, sqrt(x), 0 * x),
    "a condition": lambda x: where(sqrt(x) > 1, 1.0, 2.0) + x - x,
    "a step, several nodes on": lambda x: relu((sqrt(x) + 1) * 2 - 5) * 3,
}
IS_A_NUMBER = {
    "the square of a zero": lambda x: sqrt(x) ** 2,
    "a zero as a factor": lambda x: 0 * sqrt(x),
    "a zero as a factor, a node on": lambda x: 0 * (sqrt(x) + 1),
    "a zero as a factor, many nodes on": lambda x: 0 * ((((sqrt(x) + 1) * 2 - 3) * 4 + 5) * 6),
    "a zero in a product with NaN": lambda x: 0 * (sqrt(x) * nan),
}


def by_backward(y, x):
    y.backward()
    return x.grad


def by_chain_rule(y, x):
    order = topological_order(y)
    return float(chain_rule(y, order, [x], extended, {node: node.data for node in order}).get(x, 0))


def by_contributions(y, x):
    found = {y: 1.0}
    for _ in contributions(topological_order(y), found):
        pass
    return found.get(x, 0.0)


WAYS = {
    "backward": by_backward,
    "gradients": lambda y, x: gradients(y, [x])[0].data,
    "explain": lambda y, x: explain(y, x).total,
    "the chain rule": by_chain_rule,
    "the page": by_contributions,
}
every_way = pytest.mark.parametrize("way", WAYS)


@every_way
@pytest.mark.parametrize("case", PASSES_NOTHING)
def test_nothing_passes_where_an_operand_does_not_matter(way, case):
    x = Value(0.0)
    assert WAYS[way](PASSES_NOTHING[case](x), x) == 0


@every_way
@pytest.mark.parametrize("case", IS_A_NUMBER)
def test_a_zero_that_is_a_number_makes_nan_of_an_infinite_slope(way, case):
    x = Value(0.0)
    assert isnan(WAYS[way](IS_A_NUMBER[case](x), x))


@pytest.mark.parametrize("case", PASSES_NOTHING)
def test_the_oracle_finds_nothing_wrong_where_nothing_passes(case):
    assert check_gradients(PASSES_NOTHING[case](Value(0.0)))


@pytest.mark.parametrize("case", ["a relu that is off", "an absolute value at its kink", "the loser of a maximum"])
def test_a_derivation_is_told_that_nothing_passes(case):
    x = Value(0.0)
    assert check_derivation("dy/dx = 0", {"y": PASSES_NOTHING[case](x), "x": x})


@pytest.mark.parametrize("function", [relu, abs, ops.step, ops.sign, lambda x: maximum(x, 1), lambda x: minimum(1, x)])
def test_nan_goes_through_a_choice(function):
    y = function(Value(nan))
    y.backward()
    assert isnan(y.data)


@pytest.mark.parametrize("function", [relu, abs, lambda x: maximum(x, 1), lambda x: minimum(1, x)])
def test_the_slope_of_a_choice_at_nan_is_nan(function):
    x = Value(nan)
    function(x).backward()
    assert isnan(x.grad)


@pytest.mark.parametrize("infinite", [inf, -inf])
def test_a_tie_of_two_infinities_is_split(infinite):
    a, b = Value(infinite), Value(infinite)
    maximum(a, b).backward()
    assert (a.grad, b.grad) == (0.5, 0.5)


def test_a_choice_shows_a_slope_of_zero():
    shown = relu(Value(-1.0)).local_grads, maximum(Value(1.0), 2).local_grads
    assert repr(shown) == "((0.0,), (0.0, 1.0))"
    assert f"{shown[0][0]} {shown[0][0]:.2f}" == "0.0 0.00"


def test_nothing_passes_in_fractions_either():
    x = Value(0.0)
    y = relu(sqrt(x) - 1)
    order = topological_order(y)
    values = {node: rationals.number(node.data) for node in order}
    assert chain_rule(y, order, [x], rationals, values).get(x, 0) == 0


@pytest.mark.parametrize("slope", [lambda m, a: 2 * m.step(a), lambda m, a: m.divide(m.step(a), 2), lambda m, a: 0])
def test_a_rule_may_compute_with_nothing_in_fractions(slope):
    """It is a zero that is exact: times 0.0 a Fraction would be a float, and refused."""
    x = Value(-1.0)
    y = Operation("hinge", lambda m, a: 2 * m.relu(a), lambda m, y, a: (slope(m, a),))(x)
    assert exact_gradients(y + 3 * x, [x]) == [3]


@pytest.mark.parametrize("name", WAYS)
def test_the_integer_0_of_a_users_rule_passes_nothing(name):
    rounded = Operation("rounded", lambda m, a: a // 1, lambda m, y, a: (0,))
    x = Value(0.0)
    y = rounded(sqrt(x))
    assert (WAYS[name](y, x), repr(y.local_grads)) == (0, "(0.0,)")


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize(("slope", "expected"), [(0.0, nan), (1, inf), (2, inf)])
def test_any_other_slope_of_a_users_rule_is_a_number(name, slope, expected):
    x = Value(0.0)
    y = Operation("bent", lambda m, a: a, lambda m, y, a: (slope,))(sqrt(x))
    assert WAYS[name](y, x) == pytest.approx(expected, nan_ok=True)


# Random graphs at special points

SPECIAL = [0.0, 1.0, -1.0, inf, -inf, nan, 0.5, 2.0]
UNARY = [
    *(ops.exp, ops.log, ops.log1p, ops.expm1, ops.sqrt, ops.sin, ops.tanh, ops.sigmoid, ops.relu, ops.softplus),
    *(ops.absolute, ops.negate, ops.step, ops.sign),
    *map(ops.power_by, (0, 1, 2, 3, 0.5, -1, 1.5)),
]
BINARY = [ops.add, ops.subtract, ops.multiply, ops.divide, ops.maximum, ops.minimum, ops.power, ops.less]
MANY = [ops.sum, ops.prod, ops.mean, ops.logsumexp]


def random_graph(random):
    """The output of a graph of a few operations, and its leaves, which are at special points."""
    leaves = [Value(random.choice(SPECIAL)) for _ in range(3)]
    nodes = list(leaves)
    for _ in range(random.randint(2, 8)):
        a, b, c = (random.choice(nodes) for _ in range(3))
        kind = random.random()
        try:
            if kind < 0.5:
                nodes.append(random.choice(UNARY).record(a))
            elif kind < 0.85:
                nodes.append(random.choice(BINARY).record(a, b))
            elif kind < 0.95:
                nodes.append(where(a > b, b, c))
            else:
                nodes.append(random.choice(MANY).record(a, b, c))
        except (ValueError, ArithmeticError):  # it has no real value there
            continue
    return nodes[-1], leaves


def agree(a, b):
    return (isnan(a) and isnan(b)) or a == b or abs(a - b) <= 1e-9 * max(1, abs(a), abs(b))


@pytest.mark.parametrize("seed", range(20))
def test_all_ways_agree_on_random_graphs_at_special_points(seed):
    random = Random(seed)
    for _ in range(50):
        output, leaves = random_graph(random)
        for leaf in leaves:
            leaf.grad = None
        found = {
            name: [way(output, leaf) or 0.0 for leaf in leaves] for name, way in WAYS.items() if name != "backward"
        }
        output.backward()
        expected = [leaf.grad or 0.0 for leaf in leaves]
        for name, slopes in found.items():
            assert all(map(agree, slopes, expected)), name


# The Hessian of x**y where x is 0


def test_the_hessian_of_xlogy_is_symmetric_at_zero():
    a, b = Value(0.0), Value(0.0)
    rows = [[entry.data for entry in row] for row in hessian(xlogy(a, b), [a, b])]
    assert rows == [[0, inf], [inf, 0]]


@pytest.mark.parametrize("exponent", [0.0, 0.5, 1.0, 1.5, 2.0, 3.0])
def test_the_hessian_of_a_power_is_symmetric_at_zero(exponent):
    x, y = Value(0.0), Value(exponent)
    rows = [[entry.data for entry in row] for row in hessian(x**y, [x, y])]
    assert agree(rows[0][1], rows[1][0])


@pytest.mark.parametrize("exponent", [0.5, 1.0])
def test_the_mixed_derivative_of_a_power_up_to_one_is_not_finite_at_zero(exponent):
    # d²(xʸ)/dx dy = xʸ⁻¹ (1 + y log x), which goes to −∞.
    x, y = Value(0.0), Value(exponent)
    assert not abs(hessian(x**y, [x, y])[0][1].data) < inf


# Equality


@pytest.mark.parametrize("number", [2.0, 2, True + 1, Fraction(2), np.float32(2), np.int64(2)])
def test_equality_with_a_number_is_recorded(number):
    x = Value(2.0)
    for equal_to, other_than in ((x == number, x != number), (number == x, number != x)):
        assert isinstance(equal_to, Condition)
        assert (bool(equal_to), bool(other_than)) == (True, False)
        assert equal_to.parents[0] is x


def test_the_branch_of_an_equality_is_the_one_that_holds():
    a, b, x = Value(1.0), Value(-1.0), Value(2.0)
    assert where(x == 2.0, a, b).data == 1
    assert where(x == 3.0, a, b).data == -1
    assert where(x != 2.0, a, b).data == -1
    if x == 0:
        raise AssertionError("x is 2")


@pytest.mark.parametrize("other", [None, "2", [2.0], (2.0,), {}, 2j, np.array([2.0]), np.array(["2"]), object()])
def test_a_value_equals_nothing_but_numbers_and_itself(other):
    x = Value(2.0)
    assert (x == other) is False
    assert (x != other) is True


def test_a_value_is_found_among_numbers_and_values():
    x, y = Value(3.0), Value(3.0)
    assert x in [1.0, x]
    assert x in [3.0]
    assert x not in [1.0, y]
    assert {x: "x", y: "y"}[x] == "x"


def test_equal_records_whether_two_values_are_equal():
    x, y = Value(2.0), Value(2.0)
    assert where(equal(x, y), 1.0 * x, -x).data == 2
    assert equal(x, y).parents == (x, y)
    assert bool(equal(x, 2.0))
    assert not equal(Value(nan), Value(nan))
    assert Value(nan) != nan


@pytest.mark.parametrize("truth", [True, False, np.True_])
def test_where_refuses_a_truth_that_is_not_recorded(truth):
    with pytest.raises(TypeError, match=r"equal\(x, y\).*an if"):
        where(truth, Value(1.0), Value(2.0))


def test_where_refuses_the_identity_of_two_values():
    x, y = Value(2.0), Value(2.0)
    with pytest.raises(TypeError, match="equal"):
        where(x == y, x, -y)


def test_an_equality_is_lifted():
    program = vectorize(
        lambda x, y: where(x == 2.0, y, -y) + where(x != 1, 10.0, 20.0) + where(equal(x, y), 100, 0), 0, 0
    )
    assert program([1.0, 2.0, 3.0], [5.0, 5.0, 3.0]).tolist() == [15.0, 15.0, 107.0]


@pytest.mark.parametrize("compare", [lambda x, y: x == y, lambda x, y: x != y, lambda x, y: x in [y]])
def test_the_identity_of_two_placeholders_is_refused_and_equal_named(compare):
    with pytest.raises(TypeError, match=r"equal\(x, y\)"):
        vectorize(lambda x, y: x if compare(x, y) else y, 0.0, 0.0)


def test_a_placeholder_is_no_number_of_a_list():
    with pytest.raises(TypeError, match="decision"):
        vectorize(lambda x: x if x in [1.0, 2.0] else -x, 0.0)


def test_an_equality_passes_no_gradient():
    x = Value(2.0)
    y = (x == 2.0) * x
    y.backward()
    assert x.grad == 1


# clip


@pytest.mark.parametrize(("x", "value", "slope"), [(-3.0, -1, 0), (0.5, 0.5, 1), (7.0, 2, 0)])
def test_clip_keeps_a_number_between_two_bounds(x, value, slope):
    x = Value(x)
    y = clip(x, -1, 2)
    y.backward()
    assert (y.data, x.grad) == (value, slope)


def test_clip_is_one_node():
    x, low, high = Value(0.5), Value(-1.0), Value(2.0)
    y = clip(x, low, high)
    assert (y.op, y.parents) == (clip, (x, low, high))


def test_a_clipped_operand_keeps_the_branch_not_taken_within_its_domain():
    x = Value(-1.0)
    y = where(x > 0, log(clip(x, 1e-9, inf)), 0)
    y.backward()
    assert (y.data, x.grad) == (0, 0)


# Operations of the user's that compute in floats

leaky = Operation(
    "leaky",
    value=lambda m, a: m.where(m.less(0, a), a, 0.01 * a),
    local=lambda m, y, a: (m.where(m.less(0, a), 1, 0.01),),
)
exactly_leaky = Operation(
    "exactly_leaky",
    value=lambda m, a: m.where(m.less(0, a), a, m.number(0.01) * a),
    local=lambda m, y, a: (m.where(m.less(0, a), 1, m.number(0.01)),),
)
arctangent = Operation("atan", value=lambda m, a: math.atan(a), local=lambda m, y, a: (m.divide(1, 1 + a * a),))
clipped = Operation("clipped", value=lambda m, a: m.maximum(a, 0.1), local=lambda m, y, a: (m.step(a - 0.1),))


@pytest.mark.parametrize("operation", [leaky, clipped])
@pytest.mark.parametrize("around", [lambda y, x: y, lambda y, x: y * x + x, lambda y, x: x / (3 + y)])
def test_an_exact_gradient_through_a_float_is_refused_by_the_operations_name(operation, around):
    x = Value(-1.0, "x")
    with pytest.raises(ValueError, match=rf"{operation.name}\(-1\).*m\.number\(0\.01\)"):
        exact_gradients(around(operation(x), x), [x])


CHOICES = {
    "at least": lambda a: a if a >= 0.1 else 0,
    "above": lambda a: 0 if a > 0.1 else a,
    "at most, of a negative": lambda a: a if -a <= -0.1 else 0,
    "below": lambda a: 0 if a < 0.1 else a,
    "the reverse": lambda a: a if 0.1 <= a else 0,  # noqa: SIM300  (as a user may write it)
    "equal": lambda a: a if a == 0.1 else 0,
    "unequal": lambda a: 0 if a != 0.1 else a,
    "among": lambda a: a if a in (0.1, 0.5) else 0,
    "the larger": lambda a: max(a, 0.1),
    "the smaller": lambda a: min(a, 0.1),
    "a size": lambda a: a if abs(a) >= 0.1 else 0,
    "a multiple": lambda a: a if 2 * a >= 0.2 else 0,
    "a sum": lambda a: a if +a + 1 - 1 >= 0.1 else 0,
    "a part": lambda a: a if a / 2 >= 0.05 else 0,
    "a power": lambda a: a if a**2 >= 0.01 else 0,
    "rounded": lambda a: a if round(a, 1) >= 0.1 else 0,
    "a whole number": lambda a: math.floor(10 * a) * a,
    "truncated": lambda a: int(10 * a) * a,
    "a rest": lambda a: a if a % 1 >= 0.1 and 0.1 + a // 1 <= a else 0,
    "infinity": lambda a: a if -inf < a < inf else 0,
}


@pytest.mark.parametrize("choice", CHOICES.values(), ids=list(CHOICES))
def test_a_rule_that_compares_with_a_float_chooses_by_the_decimal_as_written_or_is_refused(choice):
    """A leaf of 0.1 is 1/10, and the float 0.1 is 3602879701896397/2⁵⁵: not less, not more, but what was written."""
    x = Value(0.1)
    chosen = Operation("chosen", lambda m, a: choice(a), lambda m, y, a: (10 * y,))
    for asked, expected in [
        (lambda y: exact_gradients(y, [x])[0], Fraction(1, 5)),
        (lambda y: float(formula(y)), 0.01),
    ]:
        try:
            found = asked(chosen(x) * x)
        except ValueError as error:
            assert re.match(r"no (exact gradient|formula) through chosen\b.*m\.number", str(error))  # noqa: PT017
        else:
            assert found == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("choice", [CHOICES["at least"], CHOICES["equal"], CHOICES["a multiple"], CHOICES["rounded"]])
def test_an_exact_gradient_goes_where_a_float_as_written_says(choice):
    x = Value(0.1)
    chosen = Operation("chosen", lambda m, a: choice(a), lambda m, y, a: (1 if choice(a) else 0,))
    assert exact_gradients(chosen(x) * x, [x]) == [Fraction(1, 5)]
    with pytest.raises(ValueError, match=r"no formula through chosen\(1/10\): its rule computes in floats"):
        formula(chosen(x) * x)


@pytest.mark.parametrize(
    "rule",
    [
        *(lambda a: a if a * 0.5 >= 0.05 else 0, lambda a: a if 0.5 + a >= 0.6 else 0, lambda a: a / 0.5 and a),
        *(lambda a: a if a - 0.1 >= 0 else 0, lambda a: a if a**0.5 < 1 else 0, lambda a: a if 2**a < 2 else 0),
        *(lambda a: a if 0.5**a < 1 else 0, lambda a: a if a // 0.1 else 0, lambda a: a if a % 0.3 > 0.05 else 0),
    ],
)
def test_a_choice_by_what_was_computed_with_a_float_is_refused_by_the_operations_name(rule):
    x = Value(0.1)
    chosen = Operation("chosen", lambda m, a: rule(a), lambda m, y, a: (1,))
    with pytest.raises(ValueError, match=r"no exact gradient through chosen.*its rule computes in floats"):
        exact_gradients(chosen(x) * x, [x])


def test_a_formula_of_the_table_may_differ_from_what_floats_rounded():
    x = Value(1e16)
    assert formula((x + 1) - x) == 1


@pytest.mark.parametrize("data", [nan, inf, 0.1, -3.0])
def test_a_formula_of_a_users_operation_on_numbers_stands_if_no_float_chose(data):
    double = Operation("double", lambda m, a: 2 * a, lambda m, y, a: (2,))
    assert str(float(formula(double(Value(data))))) == str(2 * data)


def test_a_number_of_the_system_is_the_decimal_as_written():
    x = Value(-1.0)
    assert exact_gradients(3 * exactly_leaky(x), [x]) == [Fraction(3, 100)]


def test_a_float_that_a_gradient_does_not_depend_on_does_not_matter():
    x, y = Value(-1.0), Value(2.0)
    assert exact_gradients(arctangent(x) + leaky(x) + 3 * y, [y]) == [3]
    assert exact_gradients(arctangent(x), [x]) == [Fraction(1, 2)]


def test_an_exact_gradient_through_a_function_of_floats_is_refused_by_its_name():
    x = Value(-1.0)
    only_floats = Operation("only_floats", lambda m, a: a.hex() and a, lambda m, y, a: (1,))
    with pytest.raises(
        ValueError, match=r"^no exact gradient through only_floats: its rule computes in floats.*m\.exp"
    ):
        exact_gradients(only_floats(x), [x])


@pytest.mark.parametrize("ask", [lambda y, x: formula(y), formula])
def test_a_formula_of_an_operation_in_floats_is_refused_by_its_name(ask):
    x = Value(0.5, "x")
    with pytest.raises(ValueError, match=r"no formula through atan.*m\.exp"):
        ask(sqrt(arctangent(x + 1)), x)


class CallableRule:
    def __call__(self, m, a):  # noqa: ARG002
        return math.atan(a)


def test_an_error_that_is_in_no_rule_that_can_be_named_is_passed_on():
    x = Value(0.5, "x")
    unnamed = Operation("unnamed", value=CallableRule(), local=lambda m, y, a: (1,))
    with pytest.raises(TypeError, match=r"[Cc]annot convert expression to float"):
        formula(unnamed(x))


@pytest.mark.parametrize("namespace", [{}, {"__name__": "autograd.ops"}, {"__name__": None}])
def test_the_form_of_local_gradients_is_checked_whatever_a_module_is_called(namespace):
    program = (
        "from autograd import Operation, Value\nOperation('bad', lambda m, a: a * a, lambda m, y, a: 2 * a)(Value(1.0))"
    )
    with pytest.raises(TypeError, match="local gradients of operation 'bad'"):
        exec(program, namespace)


def test_an_operation_is_of_the_table_because_the_table_holds_it():
    namespace = {"__name__": "autograd.ops"}
    exec("from autograd import Operation\nop = Operation('twice', lambda m, a: 2 * a, lambda m, y, a: (2,))", namespace)
    assert not namespace["op"].in_the_table
    assert all(operation.in_the_table for operation in [*ops.OPERATIONS.values(), ops.power_by(3)])


def test_a_power_by_a_number_is_one_operation_however_many_there_are():
    first = ops.power_by(0.123)
    for k in range(2000):
        ops.power_by(k + 0.5)
    assert ops.power_by(0.123) is first


@pytest.mark.parametrize(("exponent", "value"), [(inf, inf), (-inf, 0.0), (np.float64(inf), inf)])
def test_an_infinite_power_has_its_value(exponent, value):
    assert (Value(2.0) ** exponent).data == value


def test_a_power_by_nan_is_nan():
    assert isnan((Value(2.0) ** nan).data)
    assert ops.power_by(nan) is ops.power_by(-nan)


def test_powers_that_no_graph_holds_are_freed():
    powers = [weakref.ref(ops.power_by(1000 + k / 1000)) for k in range(500)]
    gc.collect()
    assert sum(power() is not None for power in powers) < 100


# The checks where nothing passes, and where truths are numbers


@pytest.mark.parametrize(
    "function",
    [
        lambda x: mean([relu(sqrt(x) - 1), x]),
        lambda x: maximum(sqrt(x), 2.0) * (x + 1),
        lambda x: where(x > 0, sqrt(x), x) + 2 * x,
        lambda x: relu(sqrt(x) - 1) * 3 + x * x,
    ],
)
def test_the_whole_is_checked_where_a_slope_below_a_shut_gate_is_infinite(function):
    assert check_gradients(function(Value(0.0, "x")))


@pytest.mark.parametrize(
    "function",
    [lambda x: (x > 1) * 1.0 + x, lambda x: x * (x > 0), lambda x: (x > 0) ** 2 + x, lambda x: -(x > 0) + x],
)
def test_a_truth_used_as_a_number_passes_the_check(function):
    assert check_gradients(function(Value(0.5, "x")))


# Numbers of many digits


def test_a_derivation_has_many_digits_whatever_the_process_has_and_leaves_that_alone():
    x = Value(0.3, "x")
    y = (sigmoid(x) * 1e6).sin()
    claim = "dy/dx = 1e6*cos(1e6*sigmoid(x)) * sigmoid(x)*(1 - sigmoid(x))"
    seen = []

    def sin(m, a):
        seen.append(mpmath.mp.dps)
        return m.sin(a)

    watched = Operation("watched", value=sin, local=lambda m, y, a: (m.cos(a),))
    with mpmath.workdps(5):
        assert check_derivation(claim, {"x": x, "y": y})
        assert check_gradients(y)
        assert check_derivation("dz/dx = cos(x)", {"x": x, "z": watched(x)})
    assert set(seen) == {5}


def test_two_threads_that_check_at_once_agree_with_one():
    def checked(k):
        x, w = Value(0.3 + k, "x"), Value(-0.7, "w")
        y = (erf(w * x) + sigmoid(w * x)).tanh()
        wrong = "dy/dx = (1 - y**2) * w"
        return str(check_gradients(y)) + str(check_derivation(wrong, {"x": x, "w": w, "y": y}))

    alone = [checked(k) for k in range(8)]
    with ThreadPoolExecutor(4) as threads:
        assert [*threads.map(checked, range(8))] == alone


def test_a_check_leaves_the_precision_of_mpmath_as_it_was_for_operations_that_call_it():
    mpmath_erf = Operation(
        "mpmath_erf", value=lambda m, a: mpmath.erf(a), local=lambda m, y, a: (2 / m.sqrt(m.pi) * m.exp(-a * a),)
    )
    assert check_gradients(mpmath_erf(Value(0.3)).tanh())
    assert mpmath.mp.dps == 15


# Derivations where a slope is infinite, or nothing passes


@pytest.mark.parametrize(
    ("build", "claim", "holds"),
    [
        (lambda u, v, s: s + v * v, "dK/dv = 2*v", True),
        (lambda u, v, s: s + v * v, "dK/dv = 3*v", False),
        (lambda u, v, s: s * v, "dK/dv = s", True),
        (lambda u, v, s: s * v, "dK/dv = 1", False),
        (lambda u, v, s: s * s, "dK/ds = 2*s", True),
        (lambda u, v, s: s * 3, "dK/ds = 3", True),
        (lambda u, v, s: cbrt(u) * v, "dK/dv = 2", False),
        (lambda u, v, s: u**0.5 + v * v, "dK/dv = v", False),
        (lambda u, v, s: asin(u + 1) * v, "dK/dv = 2", False),
        (lambda u, v, s: hypot(u, u), "dK/du = 0", True),
        (lambda u, v, s: hypot(u, 2 * u) * v, "dK/du = 0", True),
    ],
)
def test_an_infinite_slope_elsewhere_leaves_a_claim_to_be_judged(build, claim, holds):
    u, v = Value(0.0), Value(2.0)
    s = sqrt(u)
    assert check_derivation(claim, {"u": u, "v": v, "s": s, "K": build(u, v, s)}).lines[0].holds is holds


@pytest.mark.parametrize(
    "function",
    [
        lambda x, y: sigmoid(tanh(where(x > 0, y, 0.0))),
        lambda x, y: exp(tanh(ops.sign(x))) * y,
        lambda x, y: tanh(softplus(ops.step(x))) * y,
        lambda x, y: sigmoid(tanh(floor(x))) * y,
    ],
)
def test_a_claim_by_what_passes_nothing_is_wrong_unless_it_is_zero(function):
    x, y = Value(2.0), Value(-1.0)
    nodes = {"x": x, "y": y, "K": function(x, y)}
    assert not check_derivation("dK/dx = y", nodes)
    assert check_derivation("dK/dx = 0", nodes)


# Comparison with what is neither a Value nor a number


def test_what_knows_better_whether_it_is_equal_is_asked():
    assert Value(2.0) == pytest.approx(2.0)
    assert Value(2.0) != pytest.approx(3.0)
    assert Value(2.0) == mock.ANY
    assert Value(2.0) != "2"


def test_the_slope_of_a_step_at_nan_is_nan():
    x = Value(nan)
    [slope] = gradients(ops.step(x), [x])
    assert isnan(slope.data)


def test_the_digits_said_of_a_float_are_those_that_are_right():
    w = Value(0.1)
    nodes = {"w": w, "J": exp(w)}
    [right] = gradients(nodes["J"], [w])
    off = right.data * (1 + 4e-11)
    verdict = str(check_derivation(f"dJ/dw = {off!r}", nodes))
    assert "to 10 digits" in verdict
