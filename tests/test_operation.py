"""An operation of the user's own is one entry, and at once all that a built-in one is."""

import doctest
import math
from fractions import Fraction
from inspect import Signature, signature
from weakref import ref

import numpy as np
import pytest
import sympy
from support import exactly, grads, leaves

from autograd import Operation, Value, exact_gradients, formula, gradients, hessian, no_grad, where
from autograd.ops import OPERATIONS, power_by

cube = Operation("cube", value=lambda m, a: a * a * a, local=lambda m, y, a: (3 * a * a,), doc="a³.")
hypotenuse = Operation(
    "hypotenuse",
    value=lambda m, a, b: m.sqrt(a * a + b * b),
    local=lambda m, c, a, b: (m.divide(a, c), m.divide(b, c)),
)
blend = Operation(
    "blend",
    value=lambda m, a, b, t: a + t * (b - a),
    local=lambda m, y, a, b, t: (1 - t, t, b - a),
)
norm = Operation(
    "norm",
    value=lambda m, *xs: m.sqrt(m.sum(*(x * x for x in xs))),
    local=lambda m, y, *xs: tuple(m.divide(x, y) for x in xs),
)


def test_it_shows_its_name_and_its_docstring():
    assert (repr(cube), str(cube), cube.__name__, cube.__doc__) == ("Operation('cube')", "cube", "cube", "a³.")


def test_without_a_docstring_it_has_one_of_its_name():
    assert norm.__doc__ == "The operation norm."


@pytest.mark.parametrize(("operation", "arity"), [(cube, 1), (hypotenuse, 2), (blend, 3), (norm, None)], ids=str)
def test_it_knows_how_many_operands_it_takes(operation, arity):
    assert operation.arity == arity


each_operation = pytest.mark.parametrize(
    ("operation", "point", "value", "slopes"),
    [
        (cube, (2,), 8, ["12"]),
        (hypotenuse, (3, 4), 5, ["3/5", "4/5"]),
        (blend, (1, 5, 0.25), 2, ["3/4", "1/4", "4"]),
        (norm, (1, 2, 2), 3, ["1/3", "2/3", "2/3"]),
    ],
    ids=str,
)


@each_operation
def test_on_values_it_records(operation, point, value, slopes):
    inputs = leaves(*point)
    y = operation(*inputs)
    assert (y.data, y.op, y.parents) == (value, operation, tuple(inputs))
    assert grads(y, inputs) == exactly([float(Fraction(slope)) for slope in slopes])


@each_operation
def test_on_numbers_it_gives_a_number(operation, point, value, slopes):
    assert type(operation(*point)) is float
    assert operation(*point) == value


@each_operation
def test_within_no_grad_it_gives_a_leaf(operation, point, value, slopes):
    with no_grad():
        y = operation(*leaves(*point))
    assert (y.data, y.parents) == (value, ())


@each_operation
def test_its_gradients_are_graphs(operation, point, value, slopes):
    inputs = leaves(*point)
    found = [node.data for node in gradients(operation(*inputs), inputs)]
    assert found == exactly([float(Fraction(slope)) for slope in slopes])


@each_operation
def test_its_formula_has_the_derivatives_that_sympy_finds(operation, point, value, slopes):
    inputs = leaves(*point, names=" ".join("abcde"[: len(point)]))
    y = operation(*inputs)
    for node in inputs:
        assert sympy.simplify(formula(y, node) - formula(y).diff(sympy.Symbol(node.name))) == 0


@each_operation
def test_its_gradients_are_exact_in_fractions(operation, point, value, slopes):
    inputs = leaves(*point)
    assert exact_gradients(operation(*inputs), inputs) == [Fraction(slope) for slope in slopes]


def test_it_has_the_signature_of_its_rule_or_of_its_arguments():
    assert [str(signature(operation)) for operation in (cube, hypotenuse, norm)] == ["(a)", "(a, b)", "(*xs)"]
    assert [*signature(OPERATIONS["dot"]).parameters] == ["weights", "inputs", "bias"]
    assert signature(OPERATIONS["dot"]).return_annotation is Signature.empty
    with pytest.raises(TypeError, match=r"^dot\(\) missing"):
        OPERATIONS["dot"]()


def test_one_of_the_table_that_is_written_as_a_call_has_the_name_that_it_is_imported_by():
    calls = {name: operation.name for name, operation in OPERATIONS.items() if operation.is_call}
    others = {"absolute": "abs", "largest": "maximum", "smallest": "minimum"}
    assert calls == {**{name: name for name in calls}, **others}


def test_it_is_of_the_module_that_made_it():
    assert (cube.__module__, OPERATIONS["exp"].__module__) == (__name__, "autograd.ops")


def test_it_writes_itself_with_operands_given_as_text():
    assert (cube.write("x"), OPERATIONS["multiply"].write("x", "y")) == ("cube(x)", "x * y")


def test_a_power_is_made_once_though_no_graph_holds_it():
    power = ref(power_by(37))
    assert power() is not None


def test_it_mixes_values_and_numbers():
    a = Value(3.0)
    y = hypotenuse(a, 4)
    assert grads(y, [a]) == [0.6]
    assert y.parents[1].constant


def test_it_is_differentiated_twice():
    a, b = inputs = leaves(3.0, 4.0)
    rows = hessian(hypotenuse(a, b), inputs)
    assert [[entry.data for entry in row] for row in rows] == [
        exactly([16 / 125, -12 / 125]),
        exactly([-12 / 125, 9 / 125]),
    ]


def test_one_of_any_number_of_operands_takes_a_sequence_too():
    xs = leaves(1.0, 2.0, 2.0)
    assert norm(xs).parents == tuple(xs)
    assert norm(x for x in (1, 2, 2)) == 3.0


def test_one_of_any_number_of_operands_takes_one_value_too():
    x = Value(2.0)
    assert norm(x).parents == (x,)


def test_a_sequence_beside_another_operand_is_refused():
    with pytest.raises(TypeError, match=r"an operand of norm must be a real number, not \[1, 2\] of type list"):
        norm([1, 2], 3)


def test_of_no_operands_it_has_the_value_of_its_rule():
    assert norm() == 0.0


def test_an_argument_that_it_does_not_have_is_refused():
    with pytest.raises(TypeError, match=r"cube.* unexpected keyword argument 'power'"):
        cube(Value(2.0), power=3)


def test_what_it_gives_is_a_condition_only_if_it_says_so():
    assert type(cube(Value(2.0))) is Value
    with no_grad():
        assert type(cube(Value(2.0))) is Value


def test_another_number_of_operands_is_refused_by_both_numbers():
    with pytest.raises(TypeError, match="blend takes 3 operands, not 2"):
        blend(*leaves(1.0, 2.0))


def test_its_value_may_be_any_real_number():
    rounded = Operation("rounded", lambda m, a: round(a), lambda m, y, a: (0,))
    scaled = Operation("scaled", lambda m, a: np.float64(2) * a, lambda m, y, a: (2,))
    counted = Operation("counted", lambda m, *xs: len(xs), lambda m, y, *xs: (0,) * len(xs))
    compared = Operation("compared", lambda m, a, b: a > b, lambda m, y, a, b: (0, 0))
    assert [type(f(Value(1.6)).data) for f in (rounded, scaled, counted)] == [float, float, float]
    assert type(compared(Value(1.6), 2).data) is float
    assert type(rounded(1.6)) is float


def test_a_condition_of_the_users_own_decides_an_if_and_a_where():
    near = Operation(
        "near", lambda m, a, b: m.less(m.absolute(a - b), 1), lambda m, y, a, b: (0, 0), condition=True, infix=True
    )
    a, b = leaves(1.0, 1.5)
    assert bool(near(a, b)) is True
    assert where(near(a, b), a, b).data == 1.0


@pytest.mark.parametrize("name", ["", None, 3])
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(TypeError, match="needs a name"):
        Operation(name, lambda m, a: a, lambda m, y, a: (1,))


@pytest.mark.parametrize(
    ("value", "local", "message"),
    [
        ("a * a", lambda m, y, a: (2 * a,), r"value must be a function of \(m, \*operands\), not 'a \* a'"),
        (lambda m, a: a * a, None, r"local must be a function of \(m, y, \*operands\), not None"),
        (lambda m: 1, lambda m, y: (), "with an operand"),
        (lambda m, a: a * a, lambda m, a: (2 * a,), "with an operand"),
        (lambda m, a, b: a * b, lambda m, a, b: (b, a), r"local takes \(m, y, \*operands\) with the operands of value"),
        (lambda m, *xs: xs[0], lambda m, y, a: (1,), r"local takes \(m, y, \*operands\) with the operands of value"),
    ],
)
def test_functions_of_another_shape_are_refused_by_the_operations_name(value, local, message):
    with pytest.raises(TypeError, match=f"'odd': .*{message}"):
        Operation("odd", value, local)


@pytest.mark.parametrize("wrong", [(), (1, 2), [1], 1, None, ("q",), (None,), (1j,), ([1.0],), (Value(1.0),)], ids=repr)
def test_a_rule_that_does_not_give_one_gradient_for_each_operand_is_refused(wrong):
    odd = Operation("odd", lambda m, a: a, lambda m, y, a: wrong)
    with pytest.raises(
        TypeError, match=r"local gradients of operation 'odd' must be a tuple with one number for each of"
    ):
        odd(Value(1.0))


def test_local_gradients_may_be_any_real_numbers():
    half = Operation("half", lambda m, a, b: a / 2 + b, lambda m, y, a, b: (Fraction(1, 2), np.float32(1)))
    assert grads(half(*(inputs := leaves(3.0, 1.0))), inputs) == [0.5, 1.0]


@pytest.mark.parametrize("wrong", ["1", None, 1j, [1.0]], ids=repr)
def test_a_value_that_is_no_real_number_is_refused(wrong):
    odd = Operation("odd", lambda m, a: wrong, lambda m, y, a: (1,))
    with pytest.raises(TypeError, match="the value of odd must be a real number"):
        odd(Value(1.0))
    with pytest.raises(TypeError, match="the value of odd must be a real number"):
        odd(1.0)


def test_an_operand_outside_its_domain_is_refused_with_the_domain_it_states():
    root = Operation("root", lambda m, a: m.sqrt(a), lambda m, r, a: (m.divide(m.half, r),), domain="a square")
    with pytest.raises(ValueError, match=r"root\(x\) with x = -1\.0 has no real value: root needs a square"):
        root(Value(-1.0, "x"))


@pytest.mark.parametrize(("x", "error"), [(0.0, ZeroDivisionError), (-1.0, ValueError)])
def test_operands_outside_the_domain_of_three_are_refused_with_the_domain_too(x, error):
    odd = Operation(
        "odd",
        lambda m, a, b, c: m.divide(a, b) + m.log(c),
        lambda m, y, a, b, c: (1, 1, 1),
        domain="operands above 0",
    )
    with pytest.raises(error, match=r"odd\(1\.0, .*\) has no real value: odd needs operands above 0"):
        odd(Value(1.0), Value(x), Value(x))


def test_an_error_of_a_rule_without_a_domain_is_passed_on():
    odd = Operation("odd", lambda m, a: math.log(a), lambda m, y, a: (1 / a,))
    with pytest.raises(ValueError, match=r"odd\(-1\.0\) has no real value: (math domain error|expected a positive)"):
        odd(Value(-1.0))


def test_a_rule_of_floats_alone_still_serves_a_backward():
    odd = Operation("odd", lambda m, a: math.sin(a), lambda m, y, a: (math.cos(a),))
    x = Value(0.0)
    assert grads(odd(x), [x]) == [1.0]


def test_a_rule_of_floats_alone_says_so_when_it_is_differentiated_twice():
    odd = Operation("odd", lambda m, a: math.sin(a), lambda m, y, a: (math.cos(a),))
    x = Value(0.5)
    with pytest.raises(ValueError, match="through odd: its rule computes in floats"):
        gradients(odd(x), [x])


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_examples_in_an_operations_docstring_are_true(name):
    test = doctest.DocTestParser().get_doctest(OPERATIONS[name].__doc__, {}, name, None, None)
    assert doctest.DocTestRunner().run(test).failed == 0


def test_an_operations_docstring_says_what_its_operands_must_be():
    assert OPERATIONS["log"].__doc__ == "The natural logarithm. It needs an operand above 0."
