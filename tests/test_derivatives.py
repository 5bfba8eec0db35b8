"""gradients, hessian, jacobian, formula and exact_gradients: what they take, give and refuse."""

import math
from fractions import Fraction
from math import inf, nan

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from support import exactly, leaves

import autograd
from autograd import (
    Operation,
    Value,
    cbrt,
    cos,
    cosh,
    dot,
    exact_gradients,
    exp,
    formula,
    gradients,
    hessian,
    jacobian,
    log,
    logsumexp,
    maximum,
    mean,
    no_grad,
    prod,
    relu,
    sigmoid,
    sin,
    sinh,
    softplus,
    sqrt,
    tanh,
    where,
)


def data(nodes):
    return [node.data for node in nodes]


# gradients


def test_gradients_are_values_in_the_order_of_the_inputs():
    a, b = leaves(3.0, 5.0)
    found = gradients(a * b + a, [b, a])
    assert data(found) == [3.0, 6.0]
    assert all(isinstance(node, Value) for node in found)


def test_gradients_touch_no_grad():
    a, b = leaves(3.0, 5.0)
    y = a * b
    a.grad = 7.0
    gradients(y, [a, b])
    assert (a.grad, b.grad, y.grad) == (7.0, None, None)


def test_an_inner_node_is_an_input_too():
    x = Value(3.0)
    square = x * x
    y = square * square + x
    assert data(gradients(y, [square, x])) == [18.0, 109.0]


def test_the_output_by_itself_is_one():
    x = Value(3.0)
    y = x * x
    assert data(gradients(y, [y, x])) == [1.0, 6.0]
    assert data(gradients(x, [x])) == [1.0]


def test_an_input_that_no_path_leads_from_has_zero():
    x, other = leaves(3.0, 4.0)
    y = x * x
    later = y * other
    assert data(gradients(y, [other, later])) == [0.0, 0.0]


def test_an_input_may_be_given_twice():
    x = Value(3.0)
    assert data(gradients(x * x, [x, x])) == [6.0, 6.0]


def test_no_inputs_give_no_gradients():
    assert gradients(Value(3.0) * 2, []) == []


def test_gradients_take_any_iterable():
    x = Value(3.0)
    assert data(gradients(x * x, (node for node in [x]))) == [6.0]


def test_a_slope_of_1_makes_no_node():
    a, b = leaves(1.0, 2.0)
    y = exp(a + b)
    [slope] = gradients(y, [a])
    assert slope is y


def test_the_node_of_a_gradient_is_upstream_times_local():
    x = Value(0.5)
    inner = exp(x)
    [slope] = gradients(inner.sin(), [x])
    assert [factor.op.name for factor in slope.parents] == ["cos", "exp"]


def test_a_slope_that_happens_to_be_1_depends_on_what_it_was_computed_from():
    a, b = leaves(0.5, 1.0)
    assert [data(row) for row in hessian((a * b) ** 2, [a, b])] == [[2.0, 2.0], [2.0, 0.5]]


def test_a_rule_that_gives_fewer_gradients_in_another_number_system_is_refused():
    first = Operation("first", lambda m, a, b: a, lambda m, y, a, b: (1, 0) if type(y) is float else (1,))
    a, b = leaves(1.0, 2.0)
    with pytest.raises(ValueError, match="shorter"):
        gradients(first(a, b), [a, b])


def test_a_slope_that_no_input_leads_to_is_not_computed():
    odd = Operation("odd", lambda m, a: a * a, lambda m, y, a: (math.cos(a),))
    x, z = leaves(1.0, 2.0, names="x z")
    assert formula(odd(x), z) == 0


def test_a_gradient_has_a_backward():
    x = Value(2.0)
    [slope] = gradients(x**3, [x])
    slope.backward()
    assert x.grad == 12.0


def test_a_gradient_is_part_of_a_larger_expression():
    """A gradient penalty: d/dx (f'(x))² = 2 f'(x) f''(x)."""
    x = Value(2.0)
    [slope] = gradients(x**3, [x])
    (slope**2).backward()
    assert x.grad == 2 * 12.0 * 12.0


def test_within_no_grad_gradients_are_plain_leaves():
    x = Value(2.0)
    y = x**3
    with no_grad():
        [slope] = gradients(y, [x])
    assert (slope.data, slope.parents) == (12.0, ())


def test_no_gradient_passes_through_a_condition_whose_operand_has_an_infinite_slope():
    x = Value(0.0)
    assert data(gradients(where(sqrt(x) > -1, x * 3, 0), [x])) == [3.0]


def test_an_infinite_slope_is_a_value():
    x = Value(0.0)
    [slope] = gradients(sqrt(x), [x])
    [bend] = gradients(slope, [x])
    assert (slope.data, bend.data) == (inf, -inf)


@pytest.mark.parametrize("derive", [gradients, exact_gradients, hessian, lambda y, inputs: jacobian([], inputs)])
@pytest.mark.parametrize("bad", ["x", 1.0, None])
def test_an_input_that_is_no_value_is_refused_by_what_it_is(derive, bad):
    x = Value(3.0)
    with pytest.raises(TypeError, match=rf"^inputs must hold Values, not {bad!r} of type {type(bad).__name__}"):
        derive(x * x, [x, bad])


def test_one_value_for_the_inputs_is_refused_with_the_list_to_write():
    x = Value(3.0)
    with pytest.raises(TypeError, match=r"^inputs must be a list of Values; for one, \[value\]"):
        gradients(x * x, x)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (3.0, r"^inputs must be Values, not 3\.0 of type float$"),
        (len, r"^inputs must be Values, not .* of type builtin_function_or_method; call it first, as in model\(x\)$"),
    ],
    ids=["number", "function"],
)
def test_inputs_that_are_no_list_are_refused_by_what_they_are(inputs, message):
    with pytest.raises(TypeError, match=message):
        gradients(Value(3.0), inputs)


@pytest.mark.parametrize("derive", [gradients, exact_gradients])
def test_an_output_that_is_no_value_is_refused(derive):
    with pytest.raises(TypeError, match=r"output must hold Values, not 9\.0 of type float"):
        derive(9.0, [Value(3.0)])


# A graph whose leaves have changed

derivations = pytest.mark.parametrize(
    "derive",
    [
        pytest.param(lambda y, x: gradients(y, [x]), id="gradients"),
        pytest.param(lambda y, x: hessian(y, [x]), id="hessian"),
        pytest.param(lambda y, x: jacobian([y], [x]), id="jacobian"),
        pytest.param(lambda y, x: exact_gradients(y, [x]), id="exact_gradients"),
        pytest.param(lambda y, x: formula(y), id="formula"),
        pytest.param(lambda y, x: formula(y, x), id="formula of the derivative"),
    ],
)


@derivations
def test_a_leaf_changed_since_is_refused_by_name(derive):
    x, other = leaves(3.0, 4.0, names="x other")
    y = x * x + other
    x.data = 5.0
    with pytest.raises(ValueError, match=r"name='x'\) was written to after .* \(operation \*\)"):
        derive(y, other)


reciprocal = Operation("reciprocal", lambda m, a: 1 / a, lambda m, y, a: (-y * y,))
logarithm = Operation("logarithm", lambda m, a: math.log(a), lambda m, y, a: (1 / a,))


@derivations
@pytest.mark.parametrize(("function", "moved"), [(log, -1.0), (reciprocal, 0.0), (logarithm, -1.0)], ids=str)
def test_a_leaf_moved_to_where_the_graph_has_no_value_is_refused_by_name(derive, function, moved):
    x, other = leaves(3.0, 4.0, names="x other")
    y = function(x) + other
    x.data = moved
    with pytest.raises(ValueError, match=rf"name='x'\) was written to after .* \(operation {function}\)"):
        derive(y, other)


@derivations
def test_a_leaf_changed_and_changed_back_is_accepted(derive):
    x = Value(3.0, "x")
    y = x * x
    x.data = 5.0
    x.data = 3.0
    derive(y, x)


def test_a_leaf_is_the_nan_that_it_was_and_not_another_number():
    x = Value(nan, "x")
    y = x * x
    x.data = nan
    assert math.isnan(gradients(y, [x])[0].data)
    x.data = 5.0
    with pytest.raises(ValueError, match=r"name='x'\) was written to after"):
        gradients(y, [x])
    y = x * x
    x.data = nan
    with pytest.raises(ValueError, match=r"name='x'\) was written to after"):
        gradients(y, [x])


@derivations
def test_a_leaf_changed_before_it_was_used_is_accepted(derive):
    x = Value(3.0, "x")
    x.data = 5.0
    derive(x * x, x)


def test_the_hessian_is_right_under_no_grad_too():
    x = Value(3.0)
    y = x**3
    with no_grad():
        [[curvature]] = hessian(y, [x])
    assert curvature.data == 18.0


def test_a_change_that_leaves_the_value_but_not_the_slope_is_refused():
    x = Value(2.0, "x")
    y = x * x
    x.data = -2.0
    with pytest.raises(ValueError, match="name='x'"):
        gradients(y, [x])


def test_a_changed_leaf_outside_the_graph_does_not_matter():
    x, other = leaves(3.0, 4.0)
    y = x * x
    other.data = 5.0
    assert data(gradients(y, [x])) == [6.0]


# hessian and jacobian


def test_a_hessian_has_a_row_for_each_input():
    x, y = leaves(2.0, 5.0)
    assert [data(row) for row in hessian(x * x * y + y**3, [x, y])] == [[10.0, 4.0], [4.0, 30.0]]


@pytest.mark.parametrize(
    "function",
    [
        lambda x, y: tanh(x * y) + sigmoid(x - y),
        lambda x, y: logsumexp([x, y, x * y]),
        lambda x, y: (x + 2) ** y,
        lambda x, y: x / (y * y + 1) + sin(x) * cos(y),
        lambda x, y: prod([x, y, x, sin(y)]),
        lambda x, y: softplus(dot([x, y], [y, x], x)),
    ],
)
def test_a_hessian_is_symmetric(function):
    inputs = leaves(0.7, -0.4)
    (_, xy), (yx, _) = hessian(function(*inputs), inputs)
    assert xy.data != 0
    assert xy.data == exactly(yx.data)


def test_a_jacobian_has_a_row_for_each_output():
    x, y = leaves(2.0, 5.0)
    assert [data(row) for row in jacobian([x * y, x - y, x], [x, y])] == [[5.0, 2.0], [1.0, -1.0], [1.0, 0.0]]


def test_outputs_of_a_jacobian_must_be_values():
    x = Value(2.0)
    with pytest.raises(TypeError, match=r"^outputs must hold Values, not 1"):
        jacobian([x, 1], [x])


# formula

X, Y, W, P, H = sympy.symbols("x y w p h")


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x, y: x + 2 * y, X + 2 * Y),
        (lambda x, y: x / y - 0.1, X / Y - sympy.Rational(1, 10)),
        (lambda x, y: x**2 + 2**y + x**y, X**2 + 2**Y + X**Y),
        (lambda x, y: x**0.5, sympy.sqrt(X)),
        (lambda x, y: exp(x) * log(y), sympy.exp(X) * sympy.log(Y)),
        (lambda x, y: autograd.log1p(x) + autograd.expm1(y), sympy.log(1 + X) + sympy.exp(Y) - 1),
        (lambda x, y: sigmoid(x), 1 / (1 + sympy.exp(-X))),
        (lambda x, y: maximum(x, y), sympy.Max(X, Y)),
        (lambda x, y: relu(x), sympy.Max(X, 0)),
        (lambda x, y: abs(x), sympy.Abs(X)),
        (lambda x, y: where(x > y, x, 0), sympy.Piecewise((X, Y < X), (0, True))),
        (lambda x, y: where(~(x > y), x, 0), sympy.Piecewise((0, Y < X), (X, True))),
        (lambda x, y: where((x > 0) & (y > 0), x, y), sympy.Piecewise((X, (X > 0) & (Y > 0)), (Y, True))),
        (lambda x, y: mean([x, y, 1]), (X + Y + 1) / 3),
        (lambda x, y: dot([x, y], [y, x], 3), 2 * X * Y + 3),
        (lambda x, y: logsumexp([x, y]), sympy.log(sympy.exp(X) + sympy.exp(Y))),
    ],
)
def test_a_formula_says_what_was_computed(function, expected):
    found = formula(function(*leaves(2.0, 3.0, names="x y")))
    difference = sympy.simplify(sympy.piecewise_fold(found - expected))
    at_points = [difference.subs({X: a, Y: b}) for a in (-2, 3) for b in (-1, 5)]
    assert difference == 0 or at_points == [0] * 4


def test_a_leaf_without_a_name_appears_as_its_decimal():
    assert formula(Value(2.0, "x") * Value(0.1)) == X / 10


@given(x=st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_in_a_formula_is_the_decimal_as_written(x):
    exact = Fraction(repr(x))
    assert formula(Value(x)) == sympy.Rational(exact.numerator, exact.denominator)


def test_a_formula_of_an_infinite_leaf_is_sympys_infinity():
    assert formula(Value(inf)) == sympy.oo


def test_a_derivative_is_a_formula_in_the_names_too():
    x, w = leaves(2.0, -1.0, names="x w")
    assert formula(sin(w * x), w) == X * sympy.cos(W * X)


def test_a_derivative_by_an_inner_node_holds_for_that_node():
    x = Value(2.0, "x")
    square = x**2
    y = square**3 + x
    assert formula(y, square) == 3 * X**4


def test_a_derivative_by_what_no_path_leads_from_is_the_expression_zero():
    x, other = leaves(2.0, 3.0, names="x other")
    zero = formula(x * x, other)
    assert isinstance(zero, sympy.Expr)
    assert zero == 0


def test_the_derivative_of_a_node_by_itself_is_the_expression_one():
    x = Value(2.0, "x")
    assert isinstance(formula(x, x), sympy.Expr)
    assert formula(x, x) == 1


def kept_sigmoid():
    x, w = leaves(2.0, -1.0, names="x w")
    p = sigmoid(w * x)
    p.name = "p"
    return x, w, p


def test_a_named_inner_node_is_written_out_unless_it_is_kept():
    _, _, p = kept_sigmoid()
    y = p * 2
    assert formula(y) == 2 / (1 + sympy.exp(-W * X))
    assert formula(y, keep=[p]) == 2 * P


def test_a_derivative_goes_on_through_a_kept_node():
    _, w, p = kept_sigmoid()
    assert sympy.expand(formula(p * p, w, keep=[p]) - 2 * P * P * (1 - P) * X) == 0


def test_a_kept_output_is_still_written_down():
    _, _, p = kept_sigmoid()
    assert formula(p, keep=[p]) == 1 / (1 + sympy.exp(-W * X))


def test_a_leaf_may_be_kept_too():
    x = Value(2.0, "x")
    assert formula(x * x, keep=[x]) == X**2
    assert formula(x, keep=[x]) == X


def test_a_kept_node_without_a_name_is_refused():
    x = Value(2.0, "x")
    square = x * x
    with pytest.raises(ValueError, match=r"keep: .*data=4\.0.* has no name.*set its \.name first"):
        formula(square * 2, keep=[square])


def test_two_leaves_of_one_name_are_refused_by_the_name():
    a, b = Value(1.0, "x"), Value(2.0, "x")
    with pytest.raises(ValueError, match="two different nodes are named 'x'"):
        formula(a * b)


def test_a_kept_node_with_the_name_of_a_leaf_is_refused():
    x = Value(2.0, "x")
    square = x * x
    square.name = "x"
    with pytest.raises(ValueError, match="two different nodes are named 'x'"):
        formula(square * x, keep=[square])


def test_a_written_out_node_may_have_the_name_of_a_leaf():
    x = Value(2.0, "x")
    square = x * x
    square.name = "x"
    assert formula(square * x) == X**3


def test_a_formula_too_deep_for_sympy_is_refused_with_keep_as_the_way_out():
    x = y = Value(0.5, "x")
    halves = []
    for depth in range(3000):
        y = sin(y)
        if depth % 50 == 49:
            y.name = f"h{depth}"
            halves.append(y)
    for arguments in [(y,), (y, x)]:
        with pytest.raises(ValueError, match=r"nested too deeply for sympy.*: .*keep=\[h\]"):
            formula(*arguments)
    assert formula(y, keep=halves[:-1]).free_symbols == {sympy.Symbol("h2949")}
    assert formula(halves[0], x).subs(X, 0) == 1


def nested(function, levels):
    x, y = Value(0.5, "x"), Value(0.25, "y")
    found = x
    for _ in range(levels):
        found = function(found) + y
    return found, x


@pytest.mark.parametrize("function", [tanh, sinh, cosh, abs, relu, cbrt, sigmoid])
def test_the_formula_of_functions_in_each_other_has_the_value_of_the_graph(function):
    found, x = nested(function, 4)
    [slope] = gradients(found, [x])
    for node, written in ((found, formula(found)), (slope, formula(found, x))):
        computed = sympy.lambdify([X, sympy.Symbol("y")], written, "mpmath")
        assert float(computed(0.5, 0.25)) == pytest.approx(node.data, rel=1e-12)


def test_twenty_functions_in_each_other_have_a_formula():
    """Sympy alone would take hours: it asks whether y + tanh(y + tanh(...)) is 0."""
    found, x = nested(tanh, 20)
    assert str(formula(found)) == "y + tanh(" * 20 + "x" + ")" * 20
    assert str(formula(found, x)).count("**2") == 20


def test_a_formula_too_long_to_read_is_refused_with_its_length():
    x = y = Value(0.5, "x")
    for _ in range(20):
        y = sin(y) * y + x
    for arguments in [(y,), (y, x), (gradients(y, [x])[0],)]:
        with pytest.raises(ValueError, match=r"has \S+ operations when it is written out: .*keep=\[h\]"):
            formula(*arguments)


@pytest.mark.parametrize("levels", [20, 60, 300])
def test_a_formula_that_is_given_can_be_printed(levels):
    for function in (sin, sigmoid, relu):
        found, x = nested(function, levels)
        for arguments in [(found,), (found, x)]:
            try:
                written = formula(*arguments)
            except ValueError:
                assert levels > 20
            else:
                assert str(written)


def test_the_formula_of_what_cancels_is_short_however_long_its_parts_are():
    x, w = Value(0.5, "x"), Value(2.0, "w")
    y = x
    for _ in range(120):
        y = sin(y) + x
    assert formula(y + w * x, w) == X


def test_an_input_of_a_formula_must_be_a_value():
    x = Value(2.0, "x")
    with pytest.raises(TypeError, match=r"^input must hold Values, not 'x'"):
        formula(x * x, "x")


def test_a_formula_keeps_both_sides_of_a_choice_and_a_graph_of_gradients_the_side_taken():
    x = Value(2.0, "x")
    y = where(x > 0, x**2, 0)
    assert formula(y, x) == 2 * X * sympy.Piecewise((1, X > 0), (0, True))
    assert formula(gradients(y, [x])[0]) == 2 * X


def test_the_formula_of_a_gradient_is_that_of_the_derivative():
    x = Value(2.0, "x")
    [slope] = gradients(x**3, [x])
    assert formula(slope) == 3 * X**2


# exact_gradients


def test_exact_gradients_are_fractions_of_the_decimals_as_written():
    x, y = leaves(0.1, 0.3)
    assert exact_gradients(x / y, [x, y]) == [Fraction(10, 3), Fraction(-10, 9)]


def test_the_operation_that_is_named_is_one_that_the_gradient_depends_on():
    x, other = leaves(2.0, 3.0)
    with pytest.raises(ValueError, match=r"no exact gradient through log\(2\)"):
        exact_gradients(exp(other) + x * log(x), [x])


def test_exact_gradients_hold_where_floats_round():
    x, y = leaves(0.1, 0.2)
    assert exact_gradients((x + y) ** 2, [x]) == [Fraction(3, 5)]


def test_an_input_that_no_path_leads_from_has_the_fraction_zero():
    x, other = leaves(1.0, 2.0)
    [zero] = exact_gradients(x * x, [other])
    assert type(zero) is Fraction
    assert zero == 0


def test_a_tie_is_split_exactly():
    a, b = leaves(0.1, 0.1)
    assert exact_gradients(maximum(a, b), [a, b]) == [Fraction(1, 2), Fraction(1, 2)]


def test_the_kinks_are_flat_in_fractions_too():
    x = Value(0.0)
    assert exact_gradients(relu(x) + abs(x), [x]) == [0]


@pytest.mark.parametrize(
    ("function", "x", "expected"),
    [
        (sigmoid, 0.0, Fraction(1, 4)),
        (tanh, 0.0, 1),
        (exp, 0.0, 1),
        (log, 1.0, 1),
        (sin, 0.0, 1),
        (cos, 0.0, 0),
        (sqrt, 0.25, 1),
        (sqrt, 2.25, Fraction(1, 3)),
        (lambda x: x**1.5, 4.0, 3),
        (lambda x: x**-2, 3.0, Fraction(-2, 27)),
        (lambda x: x**0, 0.0, 0),
    ],
)
def test_a_function_stays_exact_at_its_rational_points(function, x, expected):
    leaf = Value(x)
    assert exact_gradients(function(leaf), [leaf]) == [expected]


@pytest.mark.parametrize(
    ("function", "name"),
    [(exp, "exp"), (tanh, "tanh"), (sigmoid, "sigmoid"), (sqrt, "sqrt"), (softplus, "softplus"), (log, "log")],
)
def test_an_operation_that_leaves_the_rationals_is_refused_by_name(function, name):
    x = Value(0.5)
    with pytest.raises(ValueError, match=rf"no exact gradient through {name}\(1/2\): .* not a rational number"):
        exact_gradients(function(x) * x, [x])


def test_what_is_on_no_path_from_an_input_need_not_have_an_exact_slope():
    x, other = leaves(3.0, 0.0)
    assert exact_gradients(x * x + sqrt(other), [x]) == [6]


def test_a_power_has_an_exact_slope_by_its_base_though_it_has_none_by_its_exponent():
    a, b = leaves(3.0, 2.0)
    assert exact_gradients(a**b, [a]) == [6]
    with pytest.raises(ValueError, match=r"through 3 \*\* 2: log\(3\) is not a rational number"):
        exact_gradients(a**b, [a, b])


@pytest.mark.parametrize(
    ("function", "written"),
    [
        (sqrt, r"sqrt\(0\): divide\(1/2, 0\)"),
        (lambda x: sqrt(x) * 2 + 1, r"sqrt\(0\): divide\(1/2, 0\)"),
        (lambda x: x**0.5, r"0 \*\* 0\.5: power\(0, -1/2\)"),
    ],
)
def test_an_infinite_slope_is_no_fraction_and_is_refused_by_the_operation(function, written):
    x = Value(0.0)
    with pytest.raises(ValueError, match=f"no exact gradient through {written} is not a rational number"):
        exact_gradients(function(x), [x])


def test_an_irrational_number_matters_only_to_the_gradients_that_depend_on_it():
    x, y = leaves(0.5, 3.0)
    output = exp(x) + y * y
    assert exact_gradients(output, [y]) == [6]
    with pytest.raises(ValueError, match=r"no exact gradient through exp\(1/2\)"):
        exact_gradients(output, [x, y])


def test_an_irrational_number_in_the_branch_not_taken_does_not_matter():
    x = Value(0.5)
    assert exact_gradients(where(x > 0, x * x, exp(x)), [x]) == [1]


@pytest.mark.parametrize(
    "function",
    [
        lambda x, y: where(exp(x) > 1, y, 0),
        lambda x, y: maximum(exp(x), y),
        lambda x, y: relu(exp(x)) * y,
        lambda x, y: autograd.sum([exp(x), 1.0]) * y,
        lambda x, y: prod([exp(x), 2.0, y]),
        lambda x, y: logsumexp([exp(x), y]),
        lambda x, y: (1 - exp(x)) / y,
        lambda x, y: tanh(-exp(x)) * y,
    ],
)
def test_an_irrational_number_is_refused_by_its_own_operation_whatever_was_done_with_it(function):
    x, y = leaves(0.5, 3.0)
    with pytest.raises(ValueError, match=r"no exact gradient through exp\(1/2\): exp\(1/2\) is not"):
        exact_gradients(function(x, y), [y])


def test_an_infinite_leaf_has_no_exact_gradient():
    x = Value(inf)
    with pytest.raises(ValueError, match="no exact gradient"):
        exact_gradients(x * 2, [x])


# Rules of users, and floats in formulas


@pytest.mark.parametrize("cosh", [lambda a: math.cosh(a), lambda a: np.cosh(a)], ids=["math", "numpy"])
@pytest.mark.parametrize("derivatives", [gradients, hessian, lambda y, xs: jacobian([y], xs)])
def test_a_rule_in_floats_has_no_graph_of_gradients_and_the_error_names_the_operation(cosh, derivatives):
    sinh = Operation("sinh", lambda m, a: math.sinh(a), lambda m, y, a: (cosh(a),))
    x = Value(0.5, "x")
    with pytest.raises(ValueError, match=r"through sinh: its rule computes in floats; .* a function as m\.exp$"):
        derivatives(sinh(x), [x])


@pytest.mark.parametrize("factor", [0.1 + 0.2, 1 / 3, 1.8000000000000003, 1e-30 / 3])
def test_a_float_in_a_formula_shows_all_its_digits(factor):
    scaled = Operation("scaled", lambda m, a: factor * a, lambda m, y, a: (factor,))
    x = Value(2.0, "x")
    value, slope = formula(scaled(x)), formula(scaled(x), x)
    assert float(str(value).removesuffix("*x")) == factor
    assert float(str(slope)) == float(slope) == factor


def test_a_short_float_in_a_formula_is_written_as_it_is():
    tenth = Operation("tenth", lambda m, a: 0.1 * a, lambda m, y, a: (0.1,))
    assert str(formula(tenth(Value(2.0, "x")))) == "0.1*x"


@pytest.mark.parametrize("exponent", [0.0, 1.0, 2.0, 2.5, 3.0])
def test_exact_gradients_of_a_power_of_0_are_those_of_backward(exponent):
    x, y = leaves(0.0, exponent)
    power = x**y
    power.backward()
    if exponent == 2.5:  # 0 to the 1.5, which is rational too
        assert exact_gradients(power, [y]) == [0]
    assert exact_gradients(power, [x, y]) == [Fraction(x.grad), Fraction(y.grad)]


def test_the_infinite_slope_of_a_root_at_0_is_refused_and_the_other_gradient_is_exact():
    x, y = leaves(0.0, 0.5)
    assert exact_gradients(x**y, [y]) == [0]
    with pytest.raises(ValueError, match="not a rational number"):
        exact_gradients(x**y, [x])


def test_the_softmax_of_equal_numbers_is_exact():
    xs = leaves(0.5, 0.5, 0.5)
    assert exact_gradients(logsumexp(xs), xs) == [Fraction(1, 3)] * 3
