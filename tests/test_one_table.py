"""Every interpreter computes with the rules of the table: where a rule is changed, all of them follow.

A rule that is written a second time, or copied to be faster, would not.
"""

import re
from fractions import Fraction
from math import fsum
from operator import mul

import numpy as np
import pytest
import sympy
from node import computed

from autograd import Value, check_derivation, check_gradients, exact_gradients, formula, gradients, jvp, ops, vectorize
from autograd.nodes import record_of
from autograd.numbers.duals import Dual, Duals
from autograd.numbers.expressions import local_gradients, number_of
from autograd.numbers.extended import extended
from autograd.numbers.formulas import formulas
from autograd.numbers.textbook import Textbook
from tests.support import exactly

OPERATIONS = {**ops.OPERATIONS, **{f"power_by({p})": ops.power_by(p) for p in (2.0, 3.0, -1.0, 1.0, 0.5)}}

RATIONAL = [
    *("add", "subtract", "multiply", "divide", "negate", "absolute", "relu", "step", "sign", "maximum", "minimum"),
    *("floor", "ceil", "clip", "largest", "smallest"),
    *("where", "less", "less_equal", "greater", "greater_equal", "equal", "both", "either", "opposite"),
    *("sum", "mean", "prod", "dot", "power_by(2.0)", "power_by(3.0)", "power_by(-1.0)", "power_by(1.0)"),
]
"""The operations whose value and local gradients are rational numbers."""

NUMBERS = [0.75, 1.25, 0.5, 2.0, -1.5]
"""The operands."""
OTHER_NUMBERS = {
    "acosh": [4.0],
    "clip": [0.75, 0.5, 1.25],
    "asin": [0.25],
    "acos": [0.25],
    "atanh": [0.25],
    "leg": [4.0, 0.5],
}
"""The operands of those that have no value at these."""


TWO_FORMS = ["tanh", "sigmoid", "logsumexp", "hypot"]
"""The operations whose local gradients people read in a form that takes the value for granted."""

OF_TRUTHS = ["both", "either", "opposite"]


def operands_of(operation):
    numbers = next((n for name, n in OTHER_NUMBERS.items() if OPERATIONS[name] is operation), NUMBERS)
    return numbers[: operation.arity or len(numbers)]


def added_to_value(rule):
    """A value that is larger by three times the last operand."""
    return lambda m, *xs: rule(m, *xs) + 3 * xs[-1]


def changed_gradients(rule):
    """Local gradients g changed to 3g + 1; also where an operand does not matter."""
    return lambda m, y, *xs: tuple(3 * slope + 1 for slope in rule(m, y, *xs))


@pytest.fixture(params=OPERATIONS)
def name(request):
    return request.param


@pytest.fixture
def operation(name):
    return OPERATIONS[name]


@pytest.fixture(params=["value", "local"])
def changed(request, monkeypatch, operation):
    """Which rule of the operation is changed, for the time of a test."""
    change = {"value": added_to_value, "local": changed_gradients}[request.param]
    monkeypatch.setattr(operation, request.param, change(getattr(operation, request.param)))
    monkeypatch.setitem(vars(operation), "record", record_of(operation))
    return request.param


@pytest.fixture
def operands(operation, changed):
    """Leaves. Who has them has the changed rule."""
    return [Value(number, f"x{place}") for place, number in enumerate(operands_of(operation))]


def expected(operation, m=extended):
    """The value and the local gradients that the changed rules give."""
    numbers = operands_of(operation)
    value = operation.value(m, *numbers)
    return float(value), [float(slope) for slope in operation.local(m, value, *numbers)]


def test_the_eager_engine_follows(operation, operands):
    y = operation.record(*operands)

    y.backward()

    assert (y.data, [x.grad for x in operands]) == expected(operation)


def test_gradients_that_are_graphs_follow(operation, operands):
    y = operation.record(*operands)

    assert [slope.data for slope in gradients(y, operands)] == exactly(expected(operation)[1])


def test_forward_mode_follows(operation, operands):
    numbers = [x.data for x in operands]
    direction = [0.5 + place for place in range(len(numbers))]
    value, slopes = expected(operation)
    product = fsum(map(mul, slopes, direction))
    m = Duals(extended)

    assert jvp(lambda xs: operation.record(*xs), numbers, direction) == exactly(product)
    y = m.applied(operation, *(Dual(x, v, m) for x, v in zip(numbers, direction, strict=True)))
    assert (y.primal, y.tangent) if isinstance(y, Dual) else (y, 0) == exactly((value, product))


def test_formulas_follow(operation, operands):
    y = operation.record(*operands)
    value, slopes = expected(operation, Textbook())
    point = {x.name: x.data for x in operands}

    assert float(formula(y).subs(point)) == exactly(value)
    assert [float(formula(y, x).subs(point)) for x in operands] == exactly(slopes)


@pytest.mark.parametrize("name", RATIONAL, indirect=True)
def test_exact_gradients_follow(operation, operands):
    slopes = exact_gradients(operation.record(*operands), operands)

    assert all(isinstance(slope, Fraction) for slope in slopes)
    assert [float(slope) for slope in slopes] == exactly(expected(operation)[1])


def test_the_sliders_of_the_page_follow(operation, operands):
    y = operation.record(*operands)

    [(_, _, _, [[value, slopes]])] = computed([y])

    assert value == exactly(expected(operation)[0])
    assert [slope or 0.0 for slope in slopes] == exactly(expected(operation)[1])  # null is nothing


def test_a_check_sees_that_the_two_rules_no_longer_belong_together(name, operation, operands, changed):
    if name in OF_TRUTHS and changed == "value":
        pytest.skip("the operands are truths, by which nothing is differentiated")

    assert not check_gradients(operation.record(*operands))


def test_lifted_code_follows(operation, operands):
    expected_value, expected_slopes = expected(operation, Textbook())
    program = vectorize(lambda: operation.record(*operands))

    value, slopes = program.value_and_gradients()

    found = dict(zip(program.parameters, slopes, strict=True))
    assert value == exactly(expected_value)
    assert [found[x] for x in operands] == exactly(expected_slopes)


def test_a_lifted_program_follows(name, operation, operands, changed):
    if name in TWO_FORMS and changed == "value":
        pytest.skip("the rule of the textbook then gives another gradient than the accurate one")

    def function(x):
        z = operation.record(*(ops.multiply(ops.add(operand, x), operand) for operand in operands))
        return ops.sin(ops.dot([z, z], [x, operands[0]]))

    X = [0.5, 1.0, 1.75]
    program = vectorize(function, 0.0)
    outputs = [function(Value(x)) for x in X]
    for output in outputs:
        output.backward(1 / len(X))

    value, slopes = program.value_and_gradients(X)

    assert value == exactly(np.mean([output.data for output in outputs]), relative=1e-11)
    assert slopes == exactly(np.array([x.grad for x in program.parameters]), relative=1e-10)


@pytest.mark.parametrize("number", [3.0, 4.0, 49.0, -0.5])
def test_a_lifted_operation_on_numbers_follows(name, operation, changed, number):
    """All operands but one are plain numbers, as in x / 49 and in where(x, 1, 2)."""
    if name in TWO_FORMS and changed == "value":
        pytest.skip("the rule of the textbook then gives another gradient than the accurate one")

    for place in range(operation.arity or 3):
        p, numbers = Value(0.75), [number] * (operation.arity or 3)

        def function(x, p=p, place=place, numbers=numbers):
            z = operation.record(*numbers[:place], ops.multiply(p, x), *numbers[place + 1 :])
            return ops.sin(z)

        X = [0.5, 1.0]
        try:
            outputs = [function(Value(x)) for x in X]
        except (ValueError, ArithmeticError):  # (-0.5) ** 0.75
            continue
        for output in outputs:
            output.backward(1 / len(X))
        value, [slope] = vectorize(function, 0.0).value_and_gradients(X)

        assert value == exactly(np.mean([output.data for output in outputs]), relative=1e-11)
        assert slope == exactly(p.grad, relative=1e-10)


def test_the_branch_that_is_taken_follows_where_its_gradient_is_masked(name, operation, changed):
    if name in TWO_FORMS and changed == "value":
        pytest.skip("the rule of the textbook then gives another gradient than the accurate one")
    p = Value(0.75)

    def function(x):
        z = operation.record(*(ops.multiply(ops.multiply(p, x), number) for number in operands_of(operation)))
        return ops.where(ops.greater(x, 0.6), ops.log(ops.softplus(z)), p)

    X = [0.5, 1.0, 1.75]
    for x in X:
        function(Value(x)).backward(1 / len(X))

    [slope] = vectorize(function, 0.0).value_and_gradients(X)[1]

    assert slope == exactly(p.grad, relative=1e-9)


def test_the_formulas_on_the_page_follow(name, operation, operands, changed):
    if name in ("divide", "power") and changed == "value":
        pytest.skip("its local gradients are quotients and powers too, which the page takes from the table")
    y = operation.record(*operands)
    names, data = {node: node.name or "y" for node in (y, *operands)}, {node: node.data for node in (y, *operands)}

    slopes, _ = local_gradients(y, names, data)

    assert [float(number_of(slope)) for slope in slopes] == exactly(expected(operation, Textbook())[1])


def test_what_a_derivation_is_told_to_be_right_follows(name, operation, operands, changed):
    if name in ("largest", "smallest") and changed == "value":
        pytest.skip("the gradient is shared by the operands that are the value, and then none is")
    y = operation.record(*operands)
    slopes = expected(operation, Textbook())[1]
    nodes = {"y": y} | {x.name: x for x in operands}

    report = check_derivation("\n".join(f"dy/d{x.name} = 54321 + {x.name}" for x in operands), nodes)

    assert [line.correct for line in report.lines] == exactly(slopes)
    assert [formula_at(line.correct_formula, nodes) for line in report.lines] == exactly(slopes)


def formula_at(equation, nodes):
    """What the right of an equation like "dy/dx = 2*x, for x > 0" is where the nodes are."""
    formula = sympy.sympify(re.split(" = |, for ", equation)[1], {"sigmoid": formulas.sigmoid})
    return float(formula.subs({name: node.data for name, node in nodes.items()}))
