"""What a tape gives, in which form, and what it refuses; that its numbers are the engine's is in the random graphs."""

import copy
import math
import pickle
from collections import namedtuple
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest

import autograd
from autograd import Operation, Value, gradients, hessian, no_grad, relu, sqrt, take, tape, where
from nn import MLP, squared_error

Point = namedtuple("Point", "x y")


@dataclass(frozen=True)
class Body:
    mass: float
    place: list[float]


def rosenbrock(x):
    return autograd.sum([100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in pairwise(x)])


# Values and gradients, against hand derivations


def test_a_tape_gives_the_value_of_the_function():
    assert tape(lambda x, y: x * y + 1, 0.0, 0.0)(3.0, 4.0) == 13.0


def test_a_function_of_lists_gives_an_array_of_its_values():
    found = tape(lambda x: [[x[0], x[1]], [x[0] * x[1], 2.0]], [0.0, 0.0])([3.0, 5.0])
    assert found.tolist() == [[3.0, 5.0], [15.0, 2.0]]


def test_gradients_by_the_parameters_come_in_the_order_of_the_list():
    a, b, c = Value(2.0, "a"), Value(3.0, "b"), Value(5.0, "c")
    replay = tape(lambda x: a * x + b * x * x, 0.0, parameters=[c, b, a])
    value, gradient = replay.value_and_gradients(4.0)
    assert (value, gradient.tolist(), replay.parameters) == (56.0, [0.0, 16.0, 4.0], [c, b, a])


def test_gradients_at_other_parameters_leave_the_parameters_alone():
    a, b = Value(2.0), Value(3.0)
    replay = tape(lambda x: a * b * x, 0.0, parameters=[a, b])
    value, gradient = replay.value_and_gradients(1.0, at=np.array([5.0, 7.0]))
    assert (value, gradient.tolist()) == (35.0, [7.0, 5.0])
    assert (replay(1.0, at=[5, 7]), replay(1.0), replay.read().tolist()) == (35.0, 6.0, [2.0, 3.0])
    assert (a.grad, b.grad) == (None, None)


def test_parameters_without_effect_have_the_gradient_0():
    a, b = Value(2.0), Value(3.0)
    replay = tape(lambda x: a * x, 0.0, parameters=[b, a])
    assert replay.value_and_gradients(4.0, at=[1.0, 10.0])[1].tolist() == [0.0, 4.0]
    assert replay(4.0, at=[1.0, 10.0]) == 40.0


def test_a_network_has_the_gradients_of_backward():
    model = MLP(2, [4, 1], relu, seed=1)
    replay = tape(lambda x, y: squared_error(model(x), y), [0.0, 0.0], 0.0, parameters=model.parameters())
    loss = squared_error(model([0.3, -0.8]), 1.0)
    loss.backward()
    value, gradient = replay.value_and_gradients([0.3, -0.8], 1.0)
    assert value == loss.data
    assert gradient.tolist() == [p.grad for p in model.parameters()]


def test_write_sets_the_parameters():
    a, b = Value(2.0), Value(3.0)
    replay = tape(lambda: a - b, parameters=[a, b])
    replay.write(np.array([5.0, 1.0]))
    assert (a.data, b.data, replay(), replay.value_and_gradients()[1].tolist()) == (5.0, 1.0, 4.0, [1.0, -1.0])
    assert replay.gradients_by_inputs() == ()


@pytest.mark.parametrize(
    ("function", "example", "at", "expected"),
    [
        (lambda x: x**3, (0.0,), (2.0,), 12.0),
        (lambda x, y: x * x * y, (0.0, 0.0), (3.0, 5.0), (30.0, 9.0)),
        (lambda x: x[0] * x[1], ([0.0, 0.0],), ([3.0, 5.0],), [5.0, 3.0]),
        (lambda x: x[0][0] * x[1][1], ([[0, 0], [0, 0]],), ([[3, 1], [2, 5]],), [[5.0, 0.0], [0.0, 3.0]]),
        (lambda p: p.x * p.y, (Point(0, 0),), (Point(3, 5),), Point(5.0, 3.0)),
        (lambda d: d["a"] * d["b"][1], ({"a": 0, "b": [0, 0]},), ({"a": 3, "b": [1, 5]},), {"a": 5.0, "b": [0, 3]}),
        (lambda b: b.mass * b.place[0], (Body(0, [0, 0]),), (Body(3, [5, 6]),), Body(5.0, [3.0, 0.0])),
        (lambda x, y: 2 * x, (0.0, [0.0]), (1.0, [1.0]), (2.0, [0.0])),
    ],
)
def test_gradients_by_inputs_have_the_form_of_the_inputs(function, example, at, expected):
    replay = tape(function, *example)
    value, found = replay.value_and_gradients_by_inputs(*at)
    assert value == replay(*at)
    assert as_lists(found) == as_lists(expected)
    assert as_lists(replay.gradients_by_inputs(*at)) == as_lists(expected)


def as_lists(thing):
    if isinstance(thing, Body):
        return "Body", thing.mass, as_lists(thing.place)
    if isinstance(thing, dict):
        return {key: as_lists(part) for key, part in thing.items()}
    if isinstance(thing, np.ndarray):
        return thing.tolist()
    return (type(thing), *map(as_lists, thing)) if isinstance(thing, tuple) else thing


def test_arguments_go_by_name_too():
    replay = tape(lambda x, scale: x * scale, 0.0, scale=0.0)
    assert replay(3.0, scale=5.0) == 15.0
    assert replay.gradients_by_inputs(scale=5.0, x=3.0) == (5.0, 3.0)


def test_an_optimizer_takes_the_value_and_the_gradient_by_the_inputs():
    optimize = pytest.importorskip("scipy.optimize")
    found = optimize.minimize(tape(rosenbrock, [0.0] * 5).value_and_gradients_by_inputs, [0.5] * 5, jac=True)
    assert found.x == pytest.approx([1.0] * 5, abs=1e-4)


def test_the_hessian_of_a_flat_example_is_a_matrix():
    x, y = 0.5, -1.0
    expected = [[1200 * x * x - 400 * y + 2, -400 * x], [-400 * x, 200]]
    np.testing.assert_allclose(tape(rosenbrock, [0.0, 0.0]).hessian([x, y]), expected, rtol=1e-14)


def test_the_hessian_of_other_examples_has_their_form_twice():
    assert tape(lambda x: x**3, 0.0).hessian(2.0) == 12.0
    assert tape(lambda x, y: x * x * y, 0.0, 0.0).hessian(3.0, 5.0) == ((10.0, 6.0), (6.0, 0.0))
    assert tape(lambda x: x[0][0] * x[1][0], [[0], [0]]).hessian([[1], [1]]).shape == (2, 1, 2, 1)
    (_, by_x_and_y), _ = tape(lambda x, y: x * y[1], 0.0, [0.0, 0.0]).hessian(3.0, [1.0, 2.0])
    assert by_x_and_y.tolist() == [0.0, 1.0]


def test_the_hessian_is_on_the_side_of_each_kink_that_the_example_is_on():
    replay = tape(lambda x: where(x > 1, x**3, x**2) + abs(x) * relu(x), 0.0)
    assert [replay.hessian(x) for x in (2.0, -1.0, 0.5, 2.0, -1.0, 0.5, math.inf)] == [14, 2, 4, 14, 2, 4, math.inf]


def test_more_combinations_of_sides_than_are_written_down_are_right_too():
    replay = tape(lambda x: autograd.sum([relu(v) ** 2 for v in x]), [0.0] * 4)
    for code in range(16):
        point = [1.0 if code >> k & 1 else -1.0 for k in range(4)]
        assert replay.hessian(point).tolist() == np.diag([2.0 * (v > 0) for v in point]).tolist()
    assert repr(replay) == "Tape(4 inputs, 0 parameters, 13 nodes)"


# What is read anew


def test_parameters_that_changed_are_read_anew():
    w = Value(2.0)
    replay = tape(lambda x: w * w * x, 0.0)
    assert replay.value_and_gradients(1.0)[1].tolist() == [4.0]
    w.data = 5.0
    assert (replay(1.0), replay.value_and_gradients(1.0)[1].tolist(), replay.hessian(1.0)) == (25.0, [10.0], 0.0)


def test_a_leaf_outside_that_is_no_parameter_is_read_anew_and_gets_no_gradient():
    w, scale = Value(2.0), Value(10.0)
    doubled = 2 * scale  # computed before: it goes with its leaf
    replay = tape(lambda x: w * doubled * x, 0.0, parameters=[w])
    assert (replay(1.0), replay.value_and_gradients(1.0)[1].tolist()) == (40.0, [20.0])
    scale.data = 1.0
    assert (replay(1.0), replay.value_and_gradients(1.0)[1].tolist()) == (4.0, [2.0])
    assert replay.gradients_by_inputs(1.0) == 4.0


def test_a_leaf_made_inside_is_a_constant():
    replay = tape(lambda x: Value(3.0) * x + 1, 0.0)
    assert (replay.parameters, replay(2.0)) == ([], 7.0)


def test_a_tape_replays_under_no_grad_and_in_a_trace():
    replay = tape(lambda x: x**2, 0.0)
    with no_grad():
        assert (replay.gradients_by_inputs(3.0), replay.hessian(3.0)) == (6.0, 2.0)
        assert tape(lambda x: sqrt(x), 0.0).gradients_by_inputs(0.0) == math.inf
    outer = tape(lambda x: x * replay(3.0), 0.0)
    assert outer(2.0) == 18.0


# Kinks, choices, errors


def test_nothing_passes_at_kinks_and_through_branches_not_taken():
    root = tape(lambda x: where(x > 0, sqrt(relu(x)), 0.0), 0.0)
    assert (root(4.0), root.gradients_by_inputs(4.0)) == (2.0, 0.25)
    assert (root(-4.0), root.gradients_by_inputs(-4.0)) == (0.0, 0.0)  # not 0 · ∞
    assert tape(lambda x: autograd.maximum(x[0], x[1]), [0.0, 0.0]).gradients_by_inputs([3.0, 3.0]).tolist() == [
        0.5,
        0.5,
    ]


def test_a_slope_can_be_infinite():
    assert tape(lambda x: x**0.5, 0.0).value_and_gradients_by_inputs(0.0) == (0.0, math.inf)


@pytest.mark.parametrize(
    ("function", "x", "error", "message"),
    [
        (lambda x: x.log(), 0.0, ValueError, r"log\(x\) with x = 0.0 has no real value: log needs an operand above 0"),
        (lambda x: 1 / x, 0.0, ZeroDivisionError, "has no real value: / needs a divisor other than 0"),
        (lambda x: x.exp(), 1000.0, OverflowError, "too large for a float"),
    ],
)
def test_errors_are_those_of_the_engine(function, x, error, message):
    replay = tape(function, 1.0)
    for call in (replay, replay.value_and_gradients, replay.gradients_by_inputs, replay.hessian):
        with pytest.raises(error, match=message):
            call(x)
    assert math.isfinite(replay(1.0))


def test_nan_goes_through():
    value, gradient = tape(lambda x: x[0] * x[1], [0.0, 0.0]).value_and_gradients_by_inputs([math.nan, 2.0])
    assert math.isnan(value)
    assert gradient[0] == 2.0
    assert math.isnan(gradient[1])


def test_an_index_takes_the_entry_of_a_table():
    table = [Value(5.0, "a"), Value(7.0, "b")]
    replay = tape(lambda i, x: take(table, i) * x, 0, 0.0)
    assert replay.value_and_gradients(1, 2.0)[1].tolist() == [0.0, 2.0]
    with pytest.raises(ValueError, match=r"i has 2\.0 where a place of a table is needed: a whole number from 0 to 1"):
        replay(2, 1.0)


def test_a_derivative_may_stand_in_the_function():
    k = Value(3.0)

    def penalty(x):
        [slope] = gradients((k * x).sin(), [x])
        return slope**2

    found = tape(penalty, 0.0).value_and_gradients_by_inputs(0.5)
    assert found == pytest.approx((9 * math.cos(1.5) ** 2, -54 * math.cos(1.5) * math.sin(1.5)), rel=1e-14)


# Operations of a user

cube = Operation("cube", lambda m, a: a * a * a, lambda m, y, a: (3 * a * a,))
in_floats = Operation("in floats", lambda m, a: math.sinh(a), lambda m, y, a: (math.cosh(a),))
deciding = Operation("deciding", lambda m, a: a if a > 0 else 0, lambda m, y, a: (1 if a > 0 else 0,))
constant = Operation("constant", lambda m, a: 2, lambda m, y, a: (0,))


@pytest.mark.parametrize(
    ("operation", "x", "value", "slope"),
    [
        (cube, 2.0, 8.0, 12.0),
        (in_floats, 0.5, math.sinh(0.5), math.cosh(0.5)),
        (deciding, 2.0, 2.0, 1.0),
        (deciding, -2.0, 0.0, 0.0),
        (constant, 3.0, 2.0, 0.0),
    ],
)
def test_an_operation_of_a_user_is_replayed(operation, x, value, slope):
    replay = tape(lambda v: operation(v) * 1.0, 0.0)
    assert replay.value_and_gradients_by_inputs(x) == (value, slope)
    assert replay(x) == value


def test_a_second_derivative_goes_through_a_users_operation():
    assert [tape(lambda x: cube(x), 0.0).hessian(x) for x in (2.0, 3.0)] == [12.0, 18.0]
    both_sides = tape(lambda x: deciding(x) ** 2, 1.0)
    assert [both_sides.hessian(x) for x in (2.0, -2.0, 3.0)] == [2.0, 0.0, 2.0]


def test_hessians_are_pickled_with_the_sides_that_they_know():
    replay = tape(lambda x: abs(x) ** 3, 1.0)
    assert replay.hessian(-2.0) == 12.0
    twin = pickle.loads(pickle.dumps(replay))
    assert [twin.hessian(x) for x in (-2.0, 2.0)] == [12.0, 12.0]


def test_second_derivatives_of_which_one_is_infinite_are_symmetric_as_those_of_hessian():
    a, b = Value(0.0), Value(0.0)
    rows = [[entry.data for entry in row] for row in hessian(autograd.xlogy(a, b), [a, b])]
    assert tape(lambda x: autograd.xlogy(x[0], x[1]), [1.0, 1.0]).hessian([0.0, 0.0]).tolist() == rows


def test_a_rule_that_reads_the_number_of_a_value_is_asked_anew_at_each_hessian():
    def slope(m, y, a):
        size = getattr(a, "data", a)
        return (2 * a if size > 1 else 3 * a,)

    turning = Operation("turning", lambda m, a: a * a, slope)
    replay = tape(lambda x: turning(x), 0.0)
    assert [replay.hessian(x) for x in (2.0, 0.5, 2.0)] == [2.0, 3.0, 2.0]
    assert [replay.gradients_by_inputs(x) for x in (2.0, 0.5)] == [4.0, 1.5]


def test_a_rule_that_gives_too_few_slopes_is_refused_as_by_the_engine():
    wrong = Operation("wrong", lambda m, a, b: a * b, lambda m, y, a, b: (b,))
    with pytest.raises(TypeError, match="must be a tuple with one number for each of its 2 operands"):
        tape(lambda x: wrong(x, 2 * x), 0.0).gradients_by_inputs(1.0)


# Refusals


def test_an_if_is_refused_with_its_line():
    def leaky(x):
        return x if x > 0 else 0.1 * x

    with pytest.raises(TypeError, match=r"if, and, or.*line \d+ of test_tape.py .*where\(x > 0, a, b\)"):
        tape(leaky, 1.0)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([1.0],), ValueError, r"x must have the shape \(2,\), not an array of shape \(1,\)"),
        (([[1.0, 2.0]] * 3,), ValueError, "a tape takes one example, vectorize a batch"),
        ((1.0,), ValueError, r"x must have the shape \(2,\)"),
        (([1.0, [2.0]],), ValueError, "x must be a regular array"),
        ((["1", "2"],), TypeError, "x must be an array of real numbers"),
        (([1j, 2.0],), TypeError, "x must be an array of real numbers"),
        (([None, 2.0],), TypeError, "x must be an array of real numbers"),
        (([Value(1.0), 2.0],), TypeError, "x must be an array of real numbers"),
        (([1.0, 2.0], 3.0), TypeError, r"the tape takes 1 arguments \(x\), not 2"),
        ((), TypeError, r"the tape takes 1 arguments \(x\), not 0"),
    ],
)
def test_an_example_of_another_form_is_refused(arguments, error, message):
    replay = tape(lambda x: x[0] * x[1], [0.0, 0.0])
    for call in (replay, replay.value_and_gradients, replay.value_and_gradients_by_inputs, replay.hessian):
        with pytest.raises(error, match=message):
            call(*arguments)


def test_a_number_is_asked_for_where_the_example_is_one():
    with pytest.raises(ValueError, match=r"x must be one number, not an array of shape \(2,\)"):
        tape(lambda x: x, 0.0)([1.0, 2.0])
    with pytest.raises(TypeError, match="takes 1 arguments"):
        tape(lambda x: x, 0.0)(1.0, y=2.0)


@pytest.mark.parametrize("given", [[1.0], [[1.0, 2.0]], 3.0])
def test_parameters_of_another_number_are_refused(given):
    a, b = Value(1.0), Value(2.0)
    replay = tape(lambda x: a * b * x, 0.0)
    with pytest.raises(ValueError, match="at must be a flat array of the 2 parameters, not one of shape"):
        replay.value_and_gradients(1.0, at=given)


@pytest.mark.parametrize(
    "what", ["value_and_gradients", "value_and_gradients_by_inputs", "gradients_by_inputs", "hessian"]
)
def test_a_gradient_needs_one_output(what):
    replay = tape(lambda x: [x, 2 * x], 0.0)
    assert replay.source.startswith("def outputs(numbers):\n    [x] = numbers\n\n    # forward\n    v1 = 2.0 * x\n")
    with pytest.raises(TypeError, match=f"{what} needs a function that returns one Value"):
        getattr(replay, what)(1.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tape(Value(1.0)), r"tape takes a function, not .*write tape\(f, 0.0\)"),
        (lambda: tape(lambda x: x), "tape takes an example of each argument"),
        (lambda: tape(lambda x: x, "a"), "the example of x must be a number"),
        (lambda: tape(lambda x: None, 0.0), "what the function returns must be a real number"),
        (lambda: tape(lambda x: x, 0.0, parameters=Value(1.0)), "parameters must be a list of Values"),
    ],
)
def test_what_is_no_function_or_no_example_is_refused(call, message):
    with pytest.raises(TypeError, match=message):
        call()


def test_a_parameter_that_was_computed_is_refused():
    w = Value(1.0) * 2
    with pytest.raises(ValueError, match="parameters must be leaves"):
        tape(lambda x: w * x, 0.0, parameters=[w])


# The source


def test_equal_lines_are_one_and_constants_are_folded():
    c = math.pi

    def function(x):
        return (x * x).sin() + (x * x).sin() * (Value(2.0).exp() + c)

    text = tape(function, 0.0).source.partition("\n\n\n")[2].partition("\n\n    # backward")[0]
    assert text.splitlines() == [
        "def value_and_gradient_by_inputs(numbers):",
        "    [x] = numbers",
        "",
        "    # forward",
        "    v1 = x * x",
        "    v2 = sin(v1)",
        f"    v3 = v2 * {math.exp(2.0) + math.pi}",
        "    v4 = v2 + v3",
    ]


def test_the_source_runs_by_itself():
    w = Value(3.0, "w")
    replay = tape(lambda x: (w * x[0]).cbrt() + x[1] ** 2 * autograd.dot(x, x, 1.0), [0.0, 0.0])
    names = {}
    exec(replay.source, names)
    value, gradient = replay.value_and_gradients_by_inputs([2.0, 0.5])
    assert names["value_and_gradient_by_inputs"]([2.0, 0.5, 3.0]) == (value, gradient.tolist())
    assert max(map(len, replay.source.splitlines())) <= 100


def test_names_that_python_or_the_lines_need_are_not_taken():
    leaves = [
        Value(float(k), name) for k, name in enumerate(("if", "v3", "sin", "numbers", "w", "w", "µ", "leaf_8", ""))
    ]
    replay = tape(lambda x: autograd.sum([leaf * x for leaf in leaves]), 0.0)
    assert replay(2.0) == 72.0
    assert replay.value_and_gradients(2.0)[1].tolist() == [2.0] * 9


def test_the_source_names_the_operations_of_a_user():
    assert "# value_0: the value of the operation in floats\n" in tape(lambda x: in_floats(x), 0.0).source


def test_a_tape_is_pickled_and_copied_with_its_lines():
    w = Value(3.0, "w")
    replay = tape(lambda x: in_floats(w * x[0]) * x[1], [0.0, 0.0], parameters=[w])
    before = replay([0.1, 2.0]), replay.value_and_gradients([0.1, 2.0])[1].tolist()
    for twin in (pickle.loads(pickle.dumps(replay)), copy.deepcopy(replay)):
        [parameter] = twin.parameters
        assert (twin([0.1, 2.0]), twin.value_and_gradients([0.1, 2.0])[1].tolist()) == before
        with pytest.raises(ValueError, match="no graph of the gradient through in floats"):
            twin.hessian([0.1, 2.0])
        parameter.data = 0.0
        assert (twin([0.1, 2.0]), replay([0.1, 2.0])) == (0.0, before[0])


def test_long_graphs_are_functions_that_hand_numbers_on():
    a = Value(0.999, "a")

    def chain(x):
        y = x[0]
        for _ in range(3000):
            y = y * a + x[1]
        return y

    replay = tape(chain, [0.0, 0.0])
    x = [Value(1.0), Value(0.5)]
    y = chain(x)
    y.backward()
    value, by_inputs = replay.value_and_gradients_by_inputs([1.0, 0.5])
    assert (value, by_inputs.tolist()) == (y.data, [v.grad for v in x])
    assert replay.value_and_gradients([1.0, 0.5])[1].tolist() == [a.grad]
    assert "def value_and_gradient_by_inputs_4(numbers):" in replay.source
    assert pickle.loads(pickle.dumps(replay))([1.0, 0.5]) == y.data
