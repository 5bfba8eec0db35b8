"""Each pass of `vectorize` alone: tracing, merging and folding, flattening, grouping, layout, naming, emission."""

import sys

import numpy as np
import pytest

import autograd
from autograd import Value, dot, maximum, tanh, vectorize, where
from autograd.lifting.array_helpers import helpers
from autograd.lifting.emission import Emission
from autograd.lifting.groups import NO_GROUP, PARAMETERS, ApplicationGroup, Groups, SumGroup
from autograd.lifting.normal_form import NONE, Application, Constant, Input, NormalForm, Parameter, Sum
from autograd.lifting.tracing import Trace
from autograd.numbers.source import source
from tests.lifting import assert_lifts

p, q, r = Value(2.0, "p"), Value(3.0, "q"), Value(5.0, "r")


def expressions_of(function, *examples):
    return NormalForm(Trace(function, examples))


def output(function, *examples):
    """The expression of a function's output, and all of them."""
    expressions = expressions_of(function, *examples)
    return expressions.nodes[expressions.outputs[0]], expressions


def groups_of(function, *examples):
    trace = Trace(function, examples)
    expressions = expressions_of(function, *examples)
    return Groups(expressions, trace.shapes), expressions


def emission_of(function, *examples):
    groups, expressions = groups_of(function, *examples)
    return Emission(expressions, groups, Trace(function, examples).names, "output")


def live(expressions, kind):
    return [node for node in map(expressions.nodes.__getitem__, expressions.live) if isinstance(node, kind)]


# Tracing


def test_a_trace_runs_the_function_once_and_computes_nothing():
    calls = []

    def function(x):
        calls.append(x)
        return (x / 0.0).log()

    Trace(function, [0.0])

    assert len(calls) == 1


def test_a_trace_gives_the_function_placeholders_in_the_shape_of_the_example():
    trace = Trace(lambda x, y: [x[1][2], y, x[0][0]], [np.zeros((2, 3)), 1.0])

    assert trace.shapes == [(2, 3), ()]
    assert [trace.positions[output] for output in trace.outputs] == [(0, 5), (1, 0), (0, 0)]


def test_a_trace_names_the_arguments():
    assert Trace(lambda left, right=0.0, *, other=1.0: left, [0.0]).names == ["left"]
    assert Trace(lambda *xs: xs[0], [0.0, 0.0]).names == ["x0", "x1"]


def test_a_trace_knows_the_leaves_that_were_born_inside():
    made = []
    trace = Trace(lambda x: made.append(Value(1.0)) or x * p, [0.0])

    assert trace.born_inside(made[0])
    assert not trace.born_inside(p)


def test_a_trace_keeps_the_structure_of_what_is_returned():
    assert Trace(lambda x: [[x, p], (q, 1.0)], [0.0]).structure == [[0, 1], [2, 3]]


# Merging and folding


def test_equal_subexpressions_are_one():
    expressions = expressions_of(lambda x: (x * p).tanh() + (p * x).tanh(), 0.0)

    assert len(live(expressions, Application)) == 1


def test_a_number_and_a_parameter_of_the_same_rank_are_not_one():
    expressions = expressions_of(lambda x: [x.sin(), p * 1.0, Value(0.0), Value(1.0)], 0.0)

    assert len(set(expressions.outputs)) == 4


def test_what_is_computed_from_numbers_alone_is_a_number():
    assert output(lambda x: Value(2.0) * Value(3.0) + Value(1.0).exp(), 0.0)[0] == Constant(6 + np.e)


def test_what_does_not_depend_on_its_operand_is_a_number():
    assert output(lambda x: x**0, 0.0)[0] == Constant(1.0)


def test_a_sum_of_no_terms_keeps_an_operand_whose_number_may_be_infinite():
    assert output(lambda x: x - x, 0.0)[0] == Sum(0.0, ((0.0, 0, NONE),))


def test_constant_factors_go_into_the_coefficients():
    node, expressions = output(lambda x: 3 * (x * p) / 2 - 4 * x + 1, 0.0)

    assert node.offset == 1
    assert sorted(coefficient for coefficient, *_ in node.terms) == [-4, 1.5]
    assert len(live(expressions, Sum)) == 1


@pytest.mark.parametrize(
    "function",
    [
        lambda x: dot([p, q], x, r),
        lambda x: p * x[0] + q * x[1] + r,
        lambda x: r + x[1] * q + p * x[0],
        lambda x: sum(weight * v for weight, v in zip([p, q], x, strict=True)) + r,
        lambda x: autograd.sum([x[1] * q, r, p * x[0]]),
        lambda x: -(-(p * x[0]) - (q * x[1] + r)),
    ],
)
def test_a_neuron_is_one_sum_however_it_is_written(function):
    node, expressions = output(function, [0.0, 0.0])

    assert len(live(expressions, Sum)) == 1
    assert node.offset == 0
    assert sorted((c, b == NONE) for c, a, b in node.terms) == [(1, False), (1, False), (1, True)]


def test_a_sum_that_is_used_twice_stays_one_expression():
    _, expressions = output(lambda x: (lambda s: s * s + s)(x * p + q), 0.0)

    assert len(live(expressions, Sum)) == 2


def test_a_square_is_a_product_of_a_sum():
    node, _ = output(lambda x: (x - p) ** 2 * 0.5, 0.0)

    assert isinstance(node, Sum)
    assert [coefficient for coefficient, *_ in node.terms] == [0.5]


def test_what_cancels_is_subtracted_as_it_was_written():
    node, expressions = output(lambda x: (p + 3) - p, 0.0)

    assert (node.offset, [coefficient for coefficient, *_ in node.terms]) == (0, [1, -1])
    assert len(live(expressions, Sum)) == 2
    assert len(live(expressions, Parameter)) == 1


def test_the_same_minus_the_same_keeps_the_coefficient_0():
    node, expressions = output(lambda x: p - p + 3, 0.0)

    assert (node.offset, [coefficient for coefficient, *_ in node.terms]) == (3, [0])
    assert len(live(expressions, Parameter)) == 1


def test_batched_is_what_depends_on_an_input():
    expressions = expressions_of(lambda x: [p * q, x * p, x.tanh(), p.tanh()], 0.0)

    assert [expressions.batched[index] for index in expressions.outputs] == [False, True, True, False]


def test_operands_come_before_what_is_computed_from_them():
    expressions = expressions_of(lambda x: ((x * p).tanh() + q).exp() * x, 0.0)

    assert all(operand < index for index in expressions.live for operand in expressions.operands[index])
    assert len(live(expressions, Input)) == 1
    assert len(live(expressions, Parameter)) == 2


# Grouping and layout


def layer(x):
    """Two neurons of p, q and r, in two spellings."""
    return [(p * x[0] + q * x[1] + r).tanh(), dot([q, r], x, p).tanh()]


def test_neurons_of_a_layer_are_one_group():
    groups, _ = groups_of(layer, [0.0, 0.0])

    computed = [group for group in groups.groups if isinstance(group, SumGroup | ApplicationGroup)]
    assert [type(group) for group in computed] == [SumGroup, ApplicationGroup]
    assert [len(group.members) for group in computed] == [2, 2]


def test_the_places_of_inputs_are_their_positions():
    groups, expressions = groups_of(lambda x: x[2] * p + x[0], [0.0] * 4)

    inputs = groups.groups[2]
    assert len(inputs.members) == 4
    assert inputs.members[1] == NONE
    assert {
        expressions.nodes[member].position: groups.place[member] for member in inputs.members if member != NONE
    } == {
        0: 0,
        2: 2,
    }


def test_operations_of_different_kinds_or_levels_are_groups_of_their_own():
    groups, _ = groups_of(lambda x: [x[0].tanh(), x[1].tanh(), x[0].sin(), x[1].tanh().tanh(), p.tanh()], [0.0, 0.0])

    computed = [len(group.members) for group in groups.groups if isinstance(group, ApplicationGroup)]
    assert sorted(computed) == [1, 1, 1, 2]


def test_numbers_belong_to_no_group():
    groups, expressions = groups_of(lambda x: maximum(x, 2.5), 0.0)

    [number] = [index for index in expressions.live if isinstance(expressions.nodes[index], Constant)]
    assert groups.group_of[number] == NO_GROUP


def test_the_weights_of_a_layer_are_one_run_of_parameters_row_by_row():
    W = [[Value(float(10 * i + j)) for j in range(3)] for i in range(4)]

    groups, expressions = groups_of(lambda x: [tanh(dot(row[::-1], x[::-1])) for row in W], [0.0] * 3)

    laid_out = [expressions.leaves[member].data for member in groups.groups[PARAMETERS].members]
    assert laid_out == [weight.data for row in W for weight in row]


# Emission


@pytest.mark.parametrize(
    ("function", "line"),
    [
        (lambda x: p * x + q, "p * x + q"),
        (lambda x: x - 3, "x - 3"),
        (lambda x: 1 - x, "1 - x"),
        (lambda x: -x, "-x"),
        (lambda x: x * x, "x ** 2"),
        (lambda x: x**3, "x ** 3"),
        (lambda x: x.sigmoid(), "expit(x)"),
        (lambda x: x.softplus(), "np.logaddexp(0, x)"),
        (lambda x: x.relu(), "np.maximum(x, 0)"),
        (lambda x: abs(x), "np.abs(x)"),
        (lambda x: x**-1, "1 / x"),
        (lambda x: x > 1, "(1 < x).astype(dtype)"),
    ],
)
def test_a_single_operation_is_one_line(function, line):
    assert emission_of(function, 0.0).forward == [f"output = {line}"]


def test_parameters_without_names_are_weights_and_biases():
    w, b = Value(1.0), Value(2.0)

    assert emission_of(lambda x: w * x + b, 0.0).views == ["weights = parameters[0]", "bias = parameters[1]"]


def test_parameters_carry_the_names_that_they_have():
    assert emission_of(lambda x: p * x + q, 0.0).views == ["p = parameters[0]", "q = parameters[1]"]


def test_a_layer_is_one_matrix_product():
    W = [[Value(1.0, f"net.weights.{i}.{j}") for j in range(3)] for i in range(4)]

    emission = emission_of(lambda x: [tanh(dot(row, x)) for row in W], [0.0] * 3)

    assert emission.views == ["net_weights = parameters[0:12].reshape(4, 3)"]
    assert emission.forward == ["net_sum = x @ net_weights.T", "net_tanh = np.tanh(net_sum)"]
    assert emission.backward == []


def test_the_operators_have_names():
    lines = emission_of(lambda x: where((x > 0) & ~(x < p), p / x, x**p) + abs(x) ** 1.5, 0.0).forward

    assert [line.split(" = ")[0] for line in lines][:3] == ["greater", "less", "quotient"]
    assert any(line.startswith("opposite = 1 - less") for line in lines)
    assert not any(line.startswith("quotient_2") for line in lines)


# The number system of source


def test_plain_numbers_are_computed_when_the_source_is_written():
    assert source.log(2.0) == pytest.approx(np.log(2))
    assert source.maximum(2.0, 3.0) == 3.0
    assert source.power(2.0, 3.0) == 8.0
    assert source.divide(1.0, 4.0) == 0.25
    assert source.sigmoid(0.0) == 0.5


def test_a_truth_is_counted_in_arithmetic_but_not_where_it_multiplies_an_array():
    x, d = source.name("x"), source.name("d")

    assert str(d * source.step(x)) == "d * (x > 0)"
    assert str(2 * source.step(x)) == "2 * (x > 0).astype(dtype)"
    assert str(-source.step(x)) == "-(x > 0).astype(dtype)"
    assert str(source.step(x) + source.step(d)) == "(x > 0).astype(dtype) + (d > 0).astype(dtype)"


def test_parentheses_stand_where_they_are_needed():
    x, y = source.name("x"), source.name("y")

    assert str((x + y) * -x - (x - y)) == "(x + y) * -x - (x - y)"
    assert (
        str((x**2).sum(axis=0) if hasattr(x, "__pow__") else source.power(x, 2).sum(axis=0)) == "(x ** 2).sum(axis=0)"
    )


@pytest.mark.parametrize("text", ["x; y", "x()", "", "1", "x.y", "a b"])
def test_only_names_are_variables(text):
    with pytest.raises(ValueError, match="must be an identifier"):
        source.name(text)


# The functions that generated code calls


def test_scatter_adds_what_comes_to_one_place():
    scatter = helpers(np)["scatter"]

    assert scatter(np.array([[1.0, 2.0, 4.0]]), np.array([0, 2, 0]), 3).tolist() == [[5.0, 0.0, 2.0]]


def test_place_puts_a_gradient_among_zeros():
    place = helpers(np)["place"]

    assert place(np.array([[1.0, 2.0]]), slice(1, 3), 4).tolist() == [[0.0, 1.0, 2.0, 0.0]]
    assert place(np.array([7.0, 8.0]), 1, 2).tolist() == [[0.0, 7.0], [0.0, 8.0]]


def test_logsumexp_neither_overflows_nor_underflows():
    logsumexp = helpers(np)["logsumexp"]

    assert logsumexp(np.array([[1000.0, 1000.0], [-1000.0, -1000.0]])) == pytest.approx(
        [1000 + np.log(2), -1000 + np.log(2)]
    )


# Cost


def calls_of(function):
    """How many Python functions are called while `function` runs."""
    count = 0

    def profile(frame, event, argument):
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        function()
    finally:
        sys.setprofile(before)
    return count


def wide(width):
    W = [[Value(0.1) for _ in range(20)] for _ in range(width)]
    return lambda: vectorize(lambda x: autograd.sum([tanh(dot(row, x)) for row in W]), [0.0] * 20)


def deep(steps):
    def function(x):
        for _ in range(steps):
            x = (x * p + q).tanh()
        return x

    return lambda: vectorize(function, 0.0)


@pytest.mark.parametrize(("program", "size"), [(wide, 50), (deep, 100)])
def test_lifting_takes_steps_in_proportion_to_the_graph(program, size):
    small, large = program(size), program(4 * size)
    small()

    assert calls_of(large) < 4.4 * calls_of(small)


def test_no_gradient_passes_through_what_is_detached():
    w, v = Value(2.0, "w"), Value(3.0, "v")

    def loss(x):
        return (w * x).detach() * v + (w * w).detach() * w * x

    program = assert_lifts(loss, [1.0, 3.0])
    at = np.array([{"w": 5.0, "v": 7.0}[parameter.name] for parameter in program.parameters])
    value, gradient = program.value_and_gradients([2.0], at=at)
    slopes = dict(zip([parameter.name for parameter in program.parameters], gradient, strict=True))
    assert value == 5 * 2 * 7 + 125 * 2
    assert slopes == {"w": 25 * 2, "v": 5 * 2}


def test_a_target_that_is_detached_is_that_of_temporal_differences():
    w = Value(0.5, "w")
    program = vectorize(lambda x, r, y: (w * x - (r + 0.9 * (w * y)).detach()) ** 2, 0.0, 0.0, 0.0)
    _, gradient = program.value_and_gradients([2.0], [1.0], [3.0])
    assert gradient == pytest.approx([2 * (0.5 * 2 - (1 + 0.9 * 1.5)) * 2])
