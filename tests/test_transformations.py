"""Functions of functions: grad, value_and_grad, jvp, vjp, hvp, nested as one likes."""

import math
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from support import exactly, examples, leaves
from test_random_graphs import ON_VALUES, programs, rounding, run, sixteenths

import autograd
from autograd import (
    Operation,
    Value,
    acos,
    atan2,
    clip,
    dot,
    exp,
    formula,
    grad,
    gradients,
    hessian,
    hvp,
    hypot,
    jacobian,
    jvp,
    no_grad,
    relu,
    sin,
    sqrt,
    tanh,
    value_and_grad,
    vectorize,
    vjp,
    where,
    xlogy,
)
from nn import MLP


def rosenbrock(x):
    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2


# What they give

DERIVATIVES = {
    "grad": lambda f, x: grad(f)(x),
    "jvp": lambda f, x: jvp(f, x, 1.0),
    "vjp": lambda f, x: vjp(f, x, 1.0),
    "value_and_grad": lambda f, x: value_and_grad(f)(x)[1],
}


def test_the_gradient_of_a_function_of_a_number_is_a_float():
    slope = grad(tanh)(1.0)
    assert type(slope) is float
    assert slope == exactly(0.4199743416140261)


def test_derivatives_of_any_order_are_those_of_the_literature():
    """tanh at 1, derivatives 0 to 4 (DeZero, step 35)."""
    found, function = [], tanh
    for _ in range(4):
        function = grad(function)
        found.append(function(1.0))
    assert found == exactly([0.4199743416140261, -0.6397000084492245, 0.6216266807712962, 0.6650910447505016])


def test_the_gradient_has_the_form_of_what_is_differentiated_by():
    def f(x):
        return x[0] * x[1][0] + x[1][1][0] ** 2

    assert grad(f)([2.0, (3.0, [4.0])]) == [3.0, (2.0, [8.0])]
    assert grad(f)([2, (3, [4])]) == [3.0, (2.0, [8.0])]


def test_an_argument_is_chosen_by_its_number_and_the_others_reach_the_function_as_they_are():
    def f(a, b, power, *, scale=1):
        assert not isinstance(power, Value)
        return scale * a * b**power

    assert grad(f)(2.0, 5.0, 3) == 125
    assert grad(f, argnum=1)(2.0, 5.0, 3, scale=10) == 1500


def test_an_argument_that_the_function_does_not_read_has_the_gradient_zero():
    assert grad(lambda x: x[0] * 2)([1.0, 7.0]) == [2, 0]
    assert jvp(lambda x: [x[0], x[0]], [1.0, 7.0], [0.0, 1.0]) == [0, 0]
    assert vjp(lambda x: [x[0], x[0] * x[0]], [3.0, 7.0], [1.0, 1.0]) == [7, 0]


def test_the_value_comes_with_the_gradient():
    assert value_and_grad(rosenbrock)([-1.2, 1.0]) == (exactly(24.2), exactly([-215.6, -88]))


def test_the_products_with_jacobian_and_hessian_are_those_of_the_literature():
    assert hvp(rosenbrock, [-1.2, 1.0], [1.0, 0.0]) == exactly([1330, 480])
    assert hvp(rosenbrock, [-1.2, 1.0], [0.0, 1.0]) == exactly([480, 200])
    assert jvp(rosenbrock, [-1.2, 1.0], [1.0, 10.0]) == exactly(-215.6 - 880)
    assert vjp(lambda x: [rosenbrock(x), x[0]], [-1.2, 1.0], [1.0, 10.0]) == exactly([-205.6, -88])


def test_an_output_may_be_what_is_differentiated_by_or_be_given_twice():
    assert grad(lambda x: x)(5.0) == 1
    assert jvp(lambda x: [x, (x * x, x)], 5.0, 2.0) == [2, (20, 2)]

    def twice(x):
        y = x * x
        return [y, y, y * x]

    assert vjp(twice, 3.0, [1.0, 10.0, 100.0]) == 6 + 60 + 2700


def test_the_derivative_of_a_function_has_its_name_and_arguments():
    def energy(position, charge):
        return position * charge

    assert (grad(energy).__name__, value_and_grad(energy).__name__) == ("energy", "energy")
    assert vectorize(grad(energy), 0.0, 0.0).names == ["position", "charge"]


def test_an_operation_a_method_and_a_model_are_functions_too():
    from nn import MLP

    model = MLP(2, [3, 1], seed=0)
    x = leaves(0.5, -1.0)
    slopes = gradients(model(x), x)
    assert [g.data for g in grad(model)([0.5, -1.0])] == exactly([g.data for g in slopes])
    assert grad(Value.tanh)(0.5) == grad(tanh)(0.5) == grad(lambda x: x.tanh())(0.5)


# Values in, Values out


def test_the_gradient_by_values_is_values_that_can_be_differentiated():
    x = Value(2.0, "x")
    slope = grad(lambda t: t**3)(x)
    assert formula(slope) == formula(3 * x**2)
    slope.backward()
    assert x.grad == 12


@pytest.mark.parametrize("derivative", DERIVATIVES.values(), ids=DERIVATIVES)
def test_what_depends_on_values_from_outside_is_a_value(derivative):
    w = Value(3.0)
    slope = derivative(lambda x: w * x * x, 2.0)
    assert isinstance(slope, Value)
    slope.backward()
    assert (slope.data, w.grad) == (12, 4)


def test_values_that_the_function_makes_for_itself_are_numbers():
    assert grad(lambda x: Value(3.0) * x)(2.0) == 3.0
    assert type(grad(lambda x: Value(3.0) * x)(2.0)) is float


def test_the_argument_and_the_same_value_from_outside_are_told_apart():
    x = Value(4.0)
    slope = grad(lambda y: x * y * y)(x)
    assert slope.data == 32
    assert gradients(slope, [x])[0].data == 16


def test_a_direction_of_values_makes_the_derivative_a_graph():
    v = Value(2.0)
    derivative = jvp(lambda x: x**3, 3.0, v)
    derivative.backward()
    assert (derivative.data, v.grad) == (54, 27)


def test_under_no_grad_the_derivatives_are_the_same_and_plain():
    x = Value(2.0)
    with no_grad():
        value, slope = value_and_grad(lambda t: t**3)(x)
        assert grad(grad(lambda t: t**3))(2.0) == 12
        assert hvp(lambda t: t**3, 2.0, 1.0) == jvp(grad(lambda t: t**3), 2.0, 1.0) == 12
    assert (value.data, slope.data, value.parents, slope.parents) == (8, 12, (), ())


def test_no_grad_of_any_leaf_is_touched():
    w = Value(3.0)
    grad(lambda x: w * x)(2.0)
    jvp(lambda x: w * x, 2.0, 1.0)
    hvp(lambda x: w * x * x, 2.0, 1.0)
    assert w.grad is None


# Nested


@pytest.mark.parametrize("outer", DERIVATIVES.values(), ids=DERIVATIVES)
@pytest.mark.parametrize("inner", DERIVATIVES.values(), ids=DERIVATIVES)
def test_an_inner_derivative_is_not_taken_for_the_outer_one(outer, inner):
    """Siskind and Pearlmutter's perturbation confusion, and what engines had wrong since."""
    assert outer(lambda x: x * inner(lambda y: x + y, 1.0), 1.0) == 1
    assert outer(lambda x: x * inner(lambda y: x * y, 1.0), 4.0) == 8
    assert outer(lambda x: x * inner(lambda y: x * y * y, x), 2.0) == 6 * 4
    assert outer(lambda x: inner(lambda y: inner(lambda z: x * y * z, 3.0), 2.0), 5.0) == 1


@pytest.mark.parametrize("outer", DERIVATIVES.values(), ids=DERIVATIVES)
@pytest.mark.parametrize("inner", DERIVATIVES.values(), ids=DERIVATIVES)
def test_derivatives_of_derivatives_of_both_modes_are_second_derivatives(outer, inner):
    assert outer(lambda x: inner(lambda y: exp(sin(y)), x), 0.7) == exactly(
        math.exp(math.sin(0.7)) * (math.cos(0.7) ** 2 - math.sin(0.7))
    )


def test_a_gradient_of_a_gradient_of_many_numbers_adds_up_over_them():
    """A multidimensional case that a library of many kinds of derivatives had wrong."""
    squares = grad(lambda x: autograd.sum([g * g for g in grad(lambda z: z[0] ** 2)(x)]))
    assert squares([1.0]) == [8]


def test_a_closure_that_changes_what_it_closes_over_is_differentiated_as_it_stands():
    x = 1.0

    def scaled(y):
        nonlocal x
        x = x * y
        return x

    grad(scaled)(1.0)
    assert grad(scaled)(1.0).data == 1


def test_the_equations_of_motion_come_of_a_lagrangian():
    def lagrangian(q, velocity):
        return 0.5 * dot(velocity, velocity) * q[0] - 9.8 * q[1]

    def momentum(q, velocity):
        return grad(lambda a: lagrangian(q, a))(velocity)

    assert momentum([2.0, 0.0], [3.0, 4.0]) == [6, 8]
    assert jvp(lambda q: momentum(q, [3.0, 4.0]), [2.0, 0.0], [1.0, 0.0]) == [3, 4]


def test_a_derivative_is_lifted_to_arrays():
    program = vectorize(lambda x: grad(lambda t: t**3 * x)(x), 0.0)
    assert program([1.0, 2.0]).tolist() == [3, 24]
    forwards = vectorize(lambda x: jvp(lambda t: where(t > 1, t**3, relu(t)), x, 2.0), 0.0)
    assert forwards([-1.0, 0.5, 2.0]).tolist() == [0, 2, 24]
    second = vectorize(lambda x: hvp(lambda t: t**3 * sin(t), x, 1.0), 0.0)
    assert second([0.7])[0] == exactly(grad(grad(lambda t: t**3 * sin(t)))(0.7))


# Kinks and edges


def test_nothing_passes_forwards_where_nothing_passes_backwards():
    assert jvp(lambda x: where(x > 0, sqrt(x), 0), 0.0, 1.0) == 0
    assert jvp(lambda x: relu(x) * math.inf, -1.0, 1.0) == 0
    assert jvp(sqrt, 0.0, 1.0) == math.inf
    assert math.isnan(jvp(lambda x: 0 * sqrt(x), 0.0, 1.0))


def test_what_does_not_move_makes_nothing_nan_forwards():
    assert jvp(lambda x: x[0] ** x[1], [0.0, 0.5], [0.0, 1.0]) == 0
    assert jvp(lambda x: x[0] ** x[1], [0.0, 0.5], [1.0, 0.0]) == math.inf
    assert hvp(lambda x: x[0] ** 1.5 * x[1], [0.0, 1.0], [0.0, 1.0]) == [0.0, 0.0]


def test_a_rule_of_the_users_is_followed_in_both_modes():
    """The straight-through estimator: its local gradient is meant to differ from the derivative of its value."""
    rounded = Operation("rounded", lambda m, a: m.floor(a), lambda m, y, a: (1,))
    in_floats = Operation("f", lambda m, a: math.gamma(a), lambda m, y, a: (0.5,))
    for operation, slope in ((rounded, 1), (in_floats, 0.5)):
        assert grad(operation)(2.5) == jvp(operation, 2.5, 1.0) == vjp(operation, 2.5, 1.0) == slope


# Agreement with each other


@settings(max_examples=examples(50))
@given(program=programs(ON_VALUES), point=sixteenths)
def test_the_products_are_those_with_the_whole_jacobian_and_hessian(program, point):
    def function(x):
        return run(program, x, ON_VALUES)[-1]

    inputs = leaves(*point)
    output = function(inputs)
    if not isinstance(output, Value) or not math.isfinite(output.data):
        return
    rows = [[entry.data for entry in row] for row in hessian(output, inputs)]
    [slopes] = [[entry.data for entry in row] for row in jacobian([output], inputs)]
    x, v = list(point), [1 - 0.75 * k for k in range(len(point))]
    size = rounding(output) * max(1, *map(abs, v)) * 10
    assert grad(function)(x) == exactly(slopes, relative=1e-11, absolute=size)
    assert jvp(function, x, v) == exactly(math.fsum(map(float.__mul__, slopes, map(float, v))), 1e-10, size)
    assert vjp(function, x, 2.0) == exactly([2 * slope for slope in slopes], 1e-11, size)
    products = [math.fsum(entry * d for entry, d in zip(row, v, strict=True)) for row in rows]
    size = max(size, 1e-11 * max(abs(e) for row in rows for e in row) * max(1, *map(abs, v)))
    assert hvp(function, x, v) == exactly(products, relative=1e-9, absolute=size)


# Refusals


@pytest.mark.parametrize(
    ("compute", "error", "message"),
    [
        (lambda: grad(Value(2.0)), TypeError, r"must be a function, not Value\(data=2\.0"),
        (lambda: jvp(3.0, 1.0, 1.0), TypeError, r"must be a function, not 3\.0: grad\(f\)\(x\), jvp\(f, x, v\)"),
        (lambda: grad(lambda x: x.data * 2)(2.0), TypeError, r"must return Values, and 4\.0 is none.*constant, Value"),
        (
            lambda: grad(lambda x: None)(2.0),
            TypeError,
            "must return Values, and None is none: look for a missing return",
        ),
        (lambda: grad(lambda x: [x, x])(2.0), TypeError, "must return one Value, not .* jvp or vjp"),
        (lambda: hvp(lambda x: [x], 2.0, 1.0), TypeError, "must return one Value"),
        (lambda: grad(lambda x: x, 1)(2.0), TypeError, "argnum is 1, but there are 1 arguments to count"),
        (lambda: grad(lambda x: x, -1), ValueError, "argnum must be at least 0, not -1"),
        (lambda: grad(lambda x: x, 0.5), TypeError, r"argnum must be a whole number, not 0\.5"),
        (lambda: grad(lambda x: x)("2"), TypeError, "what is differentiated by must be a real number, not '2'"),
        (
            lambda: jvp(lambda x: x[0], [1.0, [2.0]], [1.0]),
            ValueError,
            r"v must have the form of x, \[·, \[·\]\], not \[·\]",
        ),
        (lambda: vjp(lambda x: [x, x], 1.0, 1.0), ValueError, r"u must have the form of what the function returns"),
        (lambda: jvp(lambda x: x, 1.0, "1"), TypeError, "an entry of v must be a real number, not '1'"),
    ],
)
def test_what_cannot_be_differentiated_is_refused_with_what_to_do(compute, error, message):
    with pytest.raises(error, match=message):
        compute()


# Tuples, dicts, and what is neither


class Line(NamedTuple):
    slope: float
    offset: float


def test_tuples_with_names_and_dicts_keep_their_form():
    assert grad(lambda line: line.slope * 3 + line.offset**2)(Line(2.0, 5.0)) == Line(3, 10)
    assert grad(lambda p: p["w"][0] * p["w"][1] + p["b"])({"w": [2.0, 3.0], "b": 1.0}) == {"w": [3, 2], "b": 1}
    assert hvp(lambda p: p["w"] ** 2 * p["b"], {"w": 2.0, "b": 5.0}, {"b": 0.0, "w": 1.0}) == {"w": 10, "b": 4}
    assert jvp(lambda x: {"square": x * x}, 3.0, 1.0) == {"square": 6}
    assert vjp(lambda x: {"square": x * x, "self": x}, 3.0, {"self": 1.0, "square": 10.0}) == 61


@pytest.mark.parametrize(
    ("thing", "advice"),
    [
        (np.array([1.0, 2.0]), r"must be a number, or lists, tuples or dicts of numbers, not array\(.*x\.tolist\(\)"),
        (MLP(2, [1]), r"not MLP\(.*gradients\(output, model\.parameters\(\)\)"),
        (range(3), r"not range\(0, 3\) of type range: write list\(x\)"),
        (2j, r"only real numbers are differentiated"),
    ],
)
def test_what_else_is_differentiated_by_is_refused_with_how_to_write_it(thing, advice):
    with pytest.raises(TypeError, match=advice):
        grad(lambda x: x[0])(thing)


def test_a_dict_with_other_keys_is_no_direction():
    with pytest.raises(ValueError, match=r"v must have the form of x, \{'a': ·\}, not \{'b': ·\}"):
        jvp(lambda p: p["a"], {"a": 1.0}, {"b": 1.0})


@pytest.mark.parametrize(
    ("function", "x", "expected"),
    [
        (lambda x: acos(clip(x, -1, 1)), 10.0, 0),
        (lambda x: where(x > 0, atan2(x, x), 0), 0.0, 0),
        (lambda x: hypot(x[0], x[1]) ** 2, [0.0, 0.0], [0, 0]),
        (lambda x: where(x > 0, sqrt(x), 0), 0.0, 0),
        (lambda x: xlogy(x, x), 0.0, -math.inf),
    ],
)
def test_a_slope_that_other_engines_make_nan_of(function, x, expected):
    """Reports of users of other engines: an arc cosine of what was clipped, an angle or a length at the origin."""
    assert grad(function)(x) == expected
