"""Graphs as JavaScript, under Node.js: Python's numbers, on published graphs, all operations, random graphs."""

import math
from math import inf, isnan, nan
from random import Random

import mpmath
import pytest
from browser import launched
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from node import NUMBERS as FUNCTIONS
from node import computed, function_of, result_in, result_of
from published_graphs import PUBLISHED
from support import exactly, examples
from test_random_graphs import ON_VALUES, Step, programs, rounding, run, sixteenths

import autograd
from autograd import Operation, Value, ops
from autograd.drawing.nudging import NotWritableError, program_of
from autograd.graph import topological_order
from autograd.numbers import NOTHING
from autograd.numbers.extended import extended
from autograd.numbers.floats import floats
from autograd.numbers.javascript import JavaScripts, local_function, value_function

TWELVE = 1e-12


def of_python(output):
    """The values, gradients and local gradients as Python has them, with null for nothing."""
    order = topological_order(output)
    for node in order:
        node.grad = None
    output.backward()
    locals_ = [[None if local is NOTHING else local for local in node.local_grads] for node in order]
    return [node.data for node in order], [node.grad for node in order], locals_


def same(x, y):
    """Whether two numbers agree to twelve digits: None is nothing, which a number is not."""
    if x is None or y is None:
        return x is y
    return x == y or (isnan(x) and isnan(y)) or x == exactly(y, TWELVE, 5e-324)


def all_the_same(found, expected):
    return len(found) == len(expected) and all(map(same, found, expected))


# Published graphs


def test_published_graphs_have_their_numbers():
    graphs = [published.graph() for published in PUBLISHED]
    for published, (output, inputs), found in zip(PUBLISHED, graphs, computed([y for y, _ in graphs]), strict=True):
        values, gradients, _, _ = found
        order = topological_order(output)
        slopes = [gradients[order.index(node)] for node in inputs]
        assert values[-1] == exactly(published.value, TWELVE), published.name
        assert slopes == exactly(list(published.gradients), TWELVE), published.name


def test_published_graphs_have_pythons_numbers_in_every_node():
    outputs = [published.graph()[0] for published in PUBLISHED]
    for published, output, found in zip(PUBLISHED, outputs, computed(outputs), strict=True):
        values, gradients, locals_ = of_python(output)
        assert all_the_same(found[0], values), published.name
        assert all_the_same(found[1], gradients), published.name
        assert all(map(all_the_same, found[2], locals_)), published.name


# Operations

OPERATIONS = {**ops.OPERATIONS, **{f"power_by({p})": ops.power_by(p) for p in (0, 1, 2, 3, -1, -2, 0.5, -1.5)}}
NUMBERS = [
    *(0.0, -0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.25, 7.0, 19.5, 40.0, 800.0, 1e-20, 1e-9, 1e5, 1e16, 1e150, 1e308),
    *(-0.25, -0.5, -1.0, -1.5, -2.0, -19.5, -40.0, -800.0, -1e-20, -1e5, -1e150, 5e-324, inf, -inf, nan),
]


def nodes_of(operation):
    """Nodes of an operation at all points of the list at which it has a value."""
    arity = operation.arity or 3
    points = [(x,) for x in NUMBERS] if arity == 1 else [(x, y) for x in NUMBERS for y in NUMBERS]
    if arity == 3:
        points = [(x, y, z) for x, y in points[::3] for z in (NUMBERS[6], y, -2.0, nan)]
    for point in points:
        try:
            node = operation.record(*map(Value, point))
        except (ValueError, ArithmeticError):
            continue
        if same(operation.value(extended, *point), node.data):  # or else it is beyond its domain
            yield node


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_has_pythons_value_and_slopes_wherever_python_has_one(name):
    nodes = list(nodes_of(OPERATIONS[name]))
    assert len(nodes) >= 8
    for node, (_, _, _, [[value, slopes]]) in zip(nodes, computed(nodes), strict=True):
        point = [x.data for x in node.parents]
        assert same(value, node.data), (name, point, value, node.data)
        expected = [None if local is NOTHING else local for local in node.local_grads]
        assert all_the_same(slopes, expected), (name, point, slopes, expected)


@pytest.mark.parametrize(
    ("name", "number", "value", "slope"),
    [
        ("log", 0.0, -inf, inf),
        ("log", -1.0, nan, -1.0),
        ("log1p", -1.0, -inf, inf),
        ("sqrt", -1.0, nan, nan),
        ("asin", 1.5, nan, nan),
        ("acosh", 0.5, nan, nan),
        ("atanh", 1.0, inf, inf),
        ("exp", 800.0, inf, inf),
        ("power_by(-1)", 0.0, inf, -inf),
    ],
)
def test_where_python_refuses_there_is_the_limit_or_nan(name, number, value, slope):
    operation = OPERATIONS[name]
    with pytest.raises((ValueError, ArithmeticError)):
        operation.record(Value(number))
    rule = f"[{value_function(operation.value, 1)}, {local_function(operation.local, 1)}]"
    [found, slopes] = result_of(
        f"{FUNCTIONS} const [value, local] = {rule}; const run = () => "
        f"{{ const y = value([{number}]); return [y, local(y, [{number}])]; }};"
    )
    assert same(found, value)
    assert all_the_same(slopes, [slope])


# What passes


def test_a_branch_not_taken_passes_nothing_not_even_nothing_times_infinity():
    x = Value(0.0, "x")
    y = autograd.where(x > 0, x.sqrt(), x * 3) + (x.sqrt() * 0).relu()
    [(_, gradients, _, _)] = computed([y])
    y.backward()
    assert gradients[topological_order(y).index(x)] == x.grad == 3.0


def test_a_zero_that_a_derivative_came_to_makes_nan_of_infinity():
    x = Value(0.0, "x")
    y = x.sqrt() * 0
    [(_, gradients, _, _)] = computed([y])
    y.backward()
    assert isnan(gradients[0])
    assert isnan(x.grad)


SLOPES = {
    "an integer 0": lambda m, y, a: (0,),
    "a zero": lambda m, y, a: (0.0,),
    "a step turned round": lambda m, y, a: (-m.step(a),),
    "three steps": lambda m, y, a: (3 * m.step(a),),
    "half a step": lambda m, y, a: (m.half * m.step(a),),
    "a step times a": lambda m, y, a: (m.step(a) * a,),
    "two steps": lambda m, y, a: (m.step(a) + m.step(a - 1),),
    "no step": lambda m, y, a: (1 - m.step(a),),
    "a choice of integers": lambda m, y, a: (m.where(m.less(a, 0), 1, 0),),
    "a choice of numbers": lambda m, y, a: (m.where(m.less(a, 0), 1.0, 0.0),),
    "a comparison": lambda m, y, a: (m.less(a, 0),),
    "a sign": lambda m, y, a: (m.sign(a) - m.step(a),),
}


@pytest.mark.parametrize("slope", SLOPES)
@pytest.mark.parametrize("number", [-2.0, 0.0, 2.0])
def test_the_rule_of_a_user_passes_nothing_where_python_says_so(slope, number):
    operation = Operation("mine", lambda m, a: a * 1, SLOPES[slope])
    node = operation(Value(number))
    [(_, _, [_, slopes], _)] = computed([node])
    assert slopes == [None if local is NOTHING else local for local in node.local_grads]


# The operations of a user


def test_an_operation_of_a_user_is_written():
    swish = Operation(
        "swish",
        lambda m, a: a * m.sigmoid(a) / 2 + abs(a) ** 2,
        lambda m, y, a: (m.sigmoid(a) / 2 + a * m.sigmoid(a) * m.sigmoid(-a) / 2 + 2 * a,),
    )
    y = swish(Value(1.5))
    [(values, gradients, _, _)] = computed([y])
    assert values[1] == exactly(y.data)
    assert gradients[0] == exactly(y.local_grads[0])


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (lambda m, a: math.gamma(a), "real number"),
        (lambda m, a: a if a > 0 else a * a, "not supported"),
        (lambda m, a: a if m.less(0, a) else a * a, "m.where"),
        (lambda m, a: m.digamma(a), "digamma"),
    ],
    ids=["math", "a comparison", "a truth", "a function that is not there"],
)
def test_an_operation_that_floats_alone_can_run_is_named(value, says):
    mine = Operation("mine<script>", lambda m, a: value(m, a) if m is not floats else a, lambda m, y, a: (1.0,))
    y = mine(Value(2.0)) * 2
    with pytest.raises(NotWritableError, match=r"the operation mine<script> computes with floats alone") as caught:
        program_of(topological_order(y), [y])
    assert says in str(caught.value)


def test_a_graph_of_a_hundred_thousand_nodes_is_not_written():
    y = Value(1.0)
    for _ in range(100_000):
        y = y + 1
    with pytest.raises(NotWritableError, match="200,001 nodes"):
        program_of(topological_order(y), [y])


def test_operations_of_very_many_operands_are_not_written():
    y = autograd.prod([Value(1.0) for _ in range(15_000)])
    with pytest.raises(NotWritableError, match="characters"):
        program_of(topological_order(y), [y])


def test_no_name_is_in_the_program():
    mine = Operation("alert(1)", lambda m, a: m.exp(a), lambda m, y, a: (y,))
    y = mine(Value(2.0, "</script><script>alert(2)</script>"))
    y.name = "`${alert(3)}`"
    assert "alert" not in program_of(topological_order(y), [y]).operations


def test_what_a_rule_computes_twice_is_one_line():
    m = JavaScripts()
    a = m.operand(0)
    assert m.exp(a) is m.exp(a)
    assert m.lines == ["const t0 = Math.exp(x[0]);"]


# The functions that JavaScript has not

POINTS = [sign * x for x in [i / 64 for i in range(1, 448)] + [2.0**-k for k in range(7, 1074, 9)] for sign in (1, -1)]
LARGE = [7 + i / 8 for i in range(1, 170)]


@pytest.mark.parametrize("name", ["erf", "erfc"])
def test_the_error_function_has_twelve_digits_over_the_whole_range(name):
    points = [*POINTS, *LARGE, *(-x for x in LARGE)]
    with mpmath.workdps(40):
        expected = [float(getattr(mpmath, name)(x)) for x in points]
    assert function_of(name, [[x] for x in points]) == [exactly(y, TWELVE, 1e-320) for y in expected]


def test_the_error_function_of_infinity_and_nan():
    assert function_of("erf", [[inf], [-inf], [0.0]]) == [1, -1, 0]
    assert function_of("erfc", [[inf], [-inf], [0.0]]) == [0, 2, 1]
    assert all(map(isnan, function_of("erf", [[nan]]) + function_of("erfc", [[nan]])))


@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=6).map(lambda xs: [*xs, *(-x for x in xs[::2])]))
@settings(max_examples=examples(10))
def test_a_sum_is_rounded_once(xs):
    assert same(function_of("sum", [[xs]])[0], extended.sum(*xs))


@pytest.mark.parametrize(
    "xs", [[1e308, 1e308, -1e308], [1e16, 1.0, -1e16], [inf, 1e308, 1e308], [inf, -inf], [-1e308, -1e308], [0.1] * 10]
)
def test_a_sum_does_not_overflow_on_the_way(xs):
    assert same(function_of("sum", [[xs]])[0], extended.sum(*xs))


@pytest.mark.parametrize(
    "xs", [[1e200, 1e200, 1e-300], [1e-200, 1e-200, 1e300], [1e200] * 3, [-1e-200] * 3, [0.0, inf], [0.0, 1e300, 1e300]]
)
def test_a_product_does_not_overflow_on_the_way(xs):
    assert same(function_of("prod", [[xs]])[0], extended.prod(*xs))


# Random graphs


def check_graphs(drawn, result_of=result_of):
    """Programs and their points: every node has Python's numbers, by itself and at the end of all before it."""
    outputs = []
    for program, point in drawn:
        results = run(program, [Value(x, f"x{k}") for k, x in enumerate(point)], ON_VALUES)
        if all(abs(node.data) < 1e4 for node in results) and results[-1].op is not None:
            outputs.append(results[-1])
    for output, (values, gradients, _, single) in zip(outputs, computed(outputs, result_of), strict=True):
        expected_values, expected_gradients, _ = of_python(output)
        computed_nodes = [node for node in topological_order(output) if node.op is not None]
        for node, (value, slopes) in zip(computed_nodes, single, strict=True):
            assert same(value, node.data), node
            assert all_the_same(slopes, [None if g is NOTHING else g for g in node.local_grads]), node
        assert values == exactly(expected_values, TWELVE, 1e-12 * max(map(abs, expected_values)))
        assert gradients == exactly(expected_gradients, TWELVE, rounding(output))


def test_random_graphs_use_all_that_the_table_has_for_people():
    assert {"atan2", "erf", "hypot", "logsumexp", "where", "clip", "largest"} <= set(ON_VALUES)


@settings(max_examples=examples(8), suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.lists(st.tuples(programs(ON_VALUES), sixteenths), min_size=12, max_size=12))
def test_random_graphs_have_pythons_values_and_gradients(drawn):
    check_graphs(drawn)


def test_random_graphs_have_them_in_the_browser_too():
    random = Random(0)
    drawn = [
        (
            [Step(random.choice(sorted(ON_VALUES)), tuple(random.choices(range(13), k=3))) for _ in range(8)],
            [random.randint(-32, 32) / 16 for _ in range(3)],
        )
        for _ in range(150)
    ]
    with launched() as browser:
        check_graphs(drawn, result_in(browser.new_page()))


def test_published_graphs_have_their_numbers_in_the_browser_too():
    graphs = [published.graph() for published in PUBLISHED]
    with launched() as browser:
        found = computed([y for y, _ in graphs], result_in(browser.new_page()))
    for published, (output, inputs), (values, gradients, _, _) in zip(PUBLISHED, graphs, found, strict=True):
        order = topological_order(output)
        assert values[-1] == exactly(published.value, TWELVE), published.name
        slopes = [gradients[order.index(node)] for node in inputs]
        assert slopes == exactly(list(published.gradients), TWELVE), published.name
