"""What cannot be lifted, and what a program is not to be called with, is refused by name; names are never code."""

import ast
import gc
import math

import numpy as np
import pytest

from autograd import Operation, Value, dot, no_grad, tanh, vectorize, where
from autograd.lifting.naming import RESERVED
from nn import MLP
from tests.lifting import assert_lifts

a, b = Value(0.5), Value(-0.25)


def if_positive(x):
    if x > 0:
        return x * a
    return a


def write_data(x):
    x.data = 3.0
    return x * a


def without_gradients(x):
    with no_grad():
        return x * a


REFUSED = {
    "if": (if_positive, "if x > 0:", "where(x > 0, a, b)"),
    "and": (lambda x: x > 0 and a, "x > 0 and a", "where"),
    "not": (lambda x: a if not x else b, "not x", "where"),
    "max": (lambda x: max(x, a), "max(x, a)", "maximum"),
    "sorted": (lambda x: sorted([x, a])[0], "sorted([x, a])", "minimum"),
    "==": (lambda x: a if x == 0 else b, "x == 0", "where"),
    "!=": (lambda x: a if x != 0 else b, "x != 0", "where"),
    "in": (lambda x: a * (x in [1, 2]), "x in [1, 2]", "where"),
    "float": (lambda x: a * float(x), "float(x)", "functions of autograd"),
    "math": (lambda x: a * math.exp(x), "math.exp(x)", "functions of autograd"),
    "int": (lambda x: a * int(x), "int(x)", "where"),
    "round": (lambda x: a * round(x), "round(x)", "floor(v + 0.5) of autograd"),
    "numpy": (lambda x: a * np.rint(x), "np.rint(x)", "floor(v + 0.5)"),
    "//": (lambda x: a * (x // 2), "x // 2", "floor(a / b)"),
    "[]": (lambda x: a * x[0], "x[0]", "functions of autograd"),
    "index": (lambda x: [a, b][x], "[a, b][x]", "dot product"),
    "range": (lambda x: sum(a for _ in range(x)), "range(x)", "dot product"),
    "reading data": (lambda x: a * x.data, "x.data", "the Value itself"),
    "writing data": (write_data, "x.data = 3.0", "a new Value"),
    "format": (lambda x: a if f"{x:.2f}" else b, "{x:.2f}", "leave it out"),
    "backward": (lambda x: (x * a).backward(), "(x * a).backward()", "value_and_gradients"),
    "no_grad": (without_gradients, "with no_grad():", "compute before"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_needs_a_number_is_refused_with_the_line_and_what_to_write_instead(name):
    function, text, remedy = REFUSED[name]

    with pytest.raises(TypeError) as caught:
        vectorize(function, 0.0)

    message = str(caught.value)
    assert " of test_vectorize_refusals.py (" in message
    assert message.startswith("line ") or " line " in message
    assert text in message
    assert remedy in message


def test_the_line_is_the_one_that_runs():
    with pytest.raises(TypeError) as caught:
        vectorize(if_positive, 0.0)

    assert f"line {if_positive.__code__.co_firstlineno + 1} of test_vectorize_refusals.py" in str(caught.value)


def test_an_error_of_the_functions_own_comes_through():
    def function(x):
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        vectorize(function, 0.0)


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_left_as_it_was(enabled):
    (gc.enable if enabled else gc.disable)()
    try:
        with pytest.raises(TypeError):
            vectorize(if_positive, 0.0)
        vectorize(lambda x: x * a, 0.0)

        assert gc.isenabled() is enabled
    finally:
        gc.enable()


def test_a_refusal_leaves_nothing_behind():
    with pytest.raises(TypeError):
        vectorize(without_gradients, 0.0)

    assert (a * b).parents == (a, b)


def test_a_function_is_lifted_under_no_grad_too():
    with no_grad():
        program = vectorize(lambda x: a * a * x, 0.0)
        assert (a * b).parents == ()

    assert program.value_and_gradients([3.0])[1].tolist() == [3.0]


@pytest.mark.parametrize(
    "use", [lambda x: x + 1, lambda x: a * x, lambda x: x.tanh(), lambda x: dot([x, x], [a, b]), lambda x: x > 0]
)
def test_a_placeholder_is_of_no_use_outside_of_the_traced_function(use):
    kept = []
    vectorize(lambda x: kept.append(x) or x * a, 0.0)

    with pytest.raises(AttributeError, match=r"Placeholder\(x\) .* inside of the traced function only"):
        use(kept[0])


# What the function returns


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (None, "without return"),
        ("text", "'text' of type str"),
        ([], "must return a Value"),
        ({"a": a}, "dict"),
        ([a, [a]], "regular"),
        ([[a, a], [a]], "regular"),
        (1j, "only real numbers"),
    ],
)
def test_a_function_must_return_a_value_or_regular_lists_of_values(returned, message):
    with pytest.raises(TypeError, match=message):
        vectorize(lambda x: returned, 0.0)


@pytest.mark.parametrize("method", ["value_and_gradients", "backward"])
def test_the_gradient_of_several_outputs_is_refused(method):
    program = vectorize(lambda x: [x, a], 0.0)

    with pytest.raises(TypeError, match="returns one Value"):
        getattr(program, method)([1.0])


# What the program is called with


@pytest.fixture
def program():
    return vectorize(lambda x, y: dot([a, b], x) * y, [0.0, 0.0], 0.0)


@pytest.mark.parametrize("method", ["__call__", "value_and_gradients", "backward"])
@pytest.mark.parametrize(
    ("arrays", "error", "message"),
    [
        (([[1.0, 2.0]],), TypeError, r"takes 2 arrays \(x, y\), not 1"),
        (([1.0, 2.0], [1.0]), ValueError, r"x must have the shape \(batch, 2\), not \(2,\)"),
        (([[1.0, 2.0, 3.0]], [1.0]), ValueError, r"x must have the shape \(batch, 2\), not \(1, 3\)"),
        (([[1.0, 2.0]], 1.0), ValueError, r"y must have the shape \(batch,\), not \(\)"),
        (([[1.0, 2.0]], [[1.0]]), ValueError, r"y must have the shape \(batch,\), not \(1, 1\)"),
        (([[1.0, 2.0]], [1.0, 2.0]), ValueError, "y has 2 examples, but x has 1"),
        ((np.zeros((0, 2)), []), ValueError, "the batch is empty"),
        (([[1.0, 2.0], [1.0]], [1.0, 1.0]), ValueError, "x must be a regular array"),
        (([["1", "2"]], [1.0]), TypeError, "x must be an array of real numbers, not of <U1"),
        (([[None, 1.0]], [1.0]), TypeError, "x must be an array of real numbers, not of object"),
        (([[a, b]], [1.0]), TypeError, "x must be an array of real numbers, not of object"),
        (([[1j, 1.0]], [1.0]), TypeError, "x must be an array of real numbers, not of complex128"),
    ],
)
def test_arrays_of_another_shape_or_type_are_refused_before_anything_runs(program, method, arrays, error, message):
    program._compiled = None

    with pytest.raises(error, match=message):
        getattr(program, method)(*arrays)


@pytest.mark.parametrize(
    ("at", "error", "message"),
    [
        ([1.0], ValueError, r"flat array of the 2 parameters, not one of shape \(1,\)"),
        ([[1.0, 2.0]], ValueError, r"flat array of the 2 parameters, not one of shape \(1, 2\)"),
        (3.0, ValueError, r"flat array of the 2 parameters, not one of shape \(\)"),
        (["1", "2"], TypeError, "at must be an array of real numbers"),
        ([None, None], TypeError, "at must be an array of real numbers"),
        ([1j, 1.0], TypeError, "at must be an array of real numbers"),
    ],
)
def test_parameters_of_another_shape_or_type_are_refused(program, at, error, message):
    before = [parameter.data for parameter in program.parameters]

    for use in (lambda: program([[1.0, 2.0]], [1.0], at=at), lambda: program.write(at)):
        with pytest.raises(error, match=message):
            use()
    assert [parameter.data for parameter in program.parameters] == before


@pytest.mark.parametrize("dtype", ["int64", "complex64", bool])
def test_a_type_that_is_no_floating_point_type_is_refused(dtype):
    with pytest.raises(ValueError, match="dtype must be a floating-point type"):
        vectorize(lambda x: x * a, 0.0, dtype=dtype)


@pytest.mark.parametrize(
    ("example", "error"),
    [
        *(("text", TypeError), (None, TypeError), ({}, TypeError), (1j, TypeError)),
        *(([], ValueError), ([[1.0], [1.0, 2.0]], ValueError)),
    ],
)
def test_an_example_that_is_no_regular_array_of_numbers_is_refused(example, error):
    with pytest.raises(error, match="the example of x must be"):
        vectorize(lambda x: a * 1, example)


# Parameters


def test_a_parameter_that_was_computed_is_refused():
    with pytest.raises(ValueError, match="parameters must be leaves"):
        vectorize(lambda x: x * a, 0.0, parameters=[a * b])


@pytest.mark.parametrize("parameters", [[3.0], a, "ab"])
def test_parameters_that_are_no_list_of_values_are_refused(parameters):
    with pytest.raises(TypeError, match="parameters must"):
        vectorize(lambda x: x * a, 0.0, parameters=parameters)


def test_leaves_that_are_not_listed_are_read_at_each_call_and_get_no_gradient():
    kept, changed = Value(2.0), Value(3.0)
    program = vectorize(lambda x: kept * changed * x, 0.0, parameters=[kept])

    changed.data = 100.0

    assert program.parameters == [kept]
    assert program([1.0]).tolist() == [200.0]
    assert program.value_and_gradients([1.0])[1].tolist() == [100.0]
    program.backward([1.0])
    assert (kept.grad, changed.grad) == (100.0, None)


def test_no_line_is_written_for_the_gradients_of_what_is_not_listed():
    model = MLP(3, [4, 2, 1], tanh, seed=0)

    program = vectorize(lambda x: model(x) ** 2, [0.0] * 3, parameters=model.layers[-1].parameters())

    assert "others[0:12].reshape(4, 3)" in program.source
    assert "d_layers_0" not in program.source
    assert "d_layers_1" not in program.source


def test_a_listed_parameter_that_nothing_uses_has_the_gradient_0():
    used, unused = Value(2.0), Value(3.0)

    program = vectorize(lambda x: used * x, 0.0, parameters=[unused, used, unused])

    assert program.parameters == [used, unused]
    assert program.value_and_gradients([5.0], at=[2.0, 3.0])[1].tolist() == [5.0, 0.0]
    assert program.read().tolist() == [2.0, 3.0]


def test_leaves_born_inside_are_constants():
    assert vectorize(lambda x: Value(2.0) * x * a, 0.0).parameters == [a]


def test_parameters_are_read_anew_at_each_call():
    p = Value(2.0)
    program = vectorize(lambda x: p * x, 0.0)

    p.data = 5.0

    assert program([1.0]).tolist() == [5.0]


def test_a_node_computed_before_is_computed_anew_from_its_parameters():
    p = Value(2.0)
    square = p * p
    program = vectorize(lambda x: square * x, 0.0)

    p.data = 5.0

    assert program([1.0]).tolist() == [25.0]
    assert program.value_and_gradients([1.0])[1].tolist() == [10.0]


def test_backward_adds_to_the_gradients_of_the_parameters():
    p, q = Value(2.0), Value(3.0)
    program = vectorize(lambda x: p * x + q, 0.0)

    first, second = program.backward([1.0, 3.0]), program.backward([1.0, 3.0])

    assert first == second == 7.0
    assert (p.grad, q.grad) == (4.0, 2.0)


def test_what_is_written_is_read():
    p, q = Value(2.0), Value(3.0)
    program = vectorize(lambda x: p * x + q, 0.0)

    program.write([7.0, 8.0])

    assert program.read().tolist() == [7.0, 8.0]
    assert (p.data, q.data) == (7.0, 8.0)


def test_at_takes_numbers_for_the_parameters_without_changing_them():
    p = Value(2.0)
    program = vectorize(lambda x: p * p * x, 0.0)

    assert program.value_and_gradients([1.0], at=np.array([5.0]))[1].tolist() == [10.0]
    assert p.data == 2.0


@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_the_gradient_is_the_callers_own(strength):
    parameters = [Value(1.0), Value(2.0)]
    program = vectorize(lambda x: strength * dot(parameters, parameters), 0.0)
    theta = program.read()

    _, gradient = program.value_and_gradients([0.0], at=theta)
    gradient *= 10

    assert theta.tolist() == [1.0, 2.0]


# Names are for reading

NAMES = [
    *("a\nimport os", "'\"", "\\", "__import__('os').system('true')", "); raise SystemExit(", "# comment", "{x}", "%s"),
    *("class", "None", "lambda", "np", "parameters", "d_x", "d_d_x", "x", "x_2", "batch", "saved", "gradient", "dtype"),
    *("forward", "backward", "print", "index", "exp", "tanh", "__x__", "_", "", "123", "0.1.2", "...", "x" * 5000),
    *("größe", "λ", "ﬁ", "\u202e", "🙂"),
]


@pytest.mark.parametrize("name", NAMES)
def test_no_name_of_a_node_becomes_code_or_collides(name):
    p, q, r = Value(0.3, name), Value(0.4, name), Value(0.7, f"{name}1")

    def function(x):
        inner = (p * x[0] + q).tanh()
        inner.name = name
        return (inner * x[1] + r.exp()) ** 2

    program = assert_lifts(function, [[1.0, 2.0], [0.3, 0.4]])

    assert allowed(program.source)


@pytest.mark.parametrize("name", [*sorted(RESERVED), "lambda_", "größe", "λ", "d_d", "index", "tanh", "output"])
def test_no_name_of_an_argument_collides(name):
    scope = {"a": a, "b": b}
    exec(f"def function({name}, d_{name}): return (a * {name} + b * d_{name}).tanh()", scope)

    assert allowed(assert_lifts(scope["function"], [1.0, 2.0], [3.0, 4.0]).source)


@pytest.mark.parametrize("name", ["x\nimport os", "1", "class", "np", "parameters", "λ"])
def test_no_name_of_a_function_becomes_code_or_collides(name):
    def function(x):
        return (a * x).tanh()

    function.__name__ = name

    assert allowed(assert_lifts(function, [1.0, 2.0]).source)


def allowed(source):
    """Whether the source is two functions in ASCII of assignments and a return, and each variable is set once."""
    functions = ast.parse(source).body
    for function in functions:
        *assignments, last = function.body
        targets = [name.id for line in assignments for name in ast.walk(line.targets[0]) if isinstance(name, ast.Name)]
        arguments = [argument.arg for argument in function.args.args]
        assert isinstance(last, ast.Return)
        assert len({*targets, *arguments}) == len(targets) + len(arguments)
    return source.isascii() and [function.name for function in functions] == ["forward", "backward"]


def test_a_condition_can_be_an_output():
    program = vectorize(lambda x: [x > 0, where(x > 0, a, b)], 0.0, dtype="float32")

    outputs = program([1.0, -1.0])

    assert outputs.dtype == np.float32
    assert outputs.tolist() == [[1.0, 0.5], [0.0, -0.25]]


@pytest.mark.parametrize(
    ("ask", "what"),
    [
        (lambda w: w.data, r"reading \.data"),
        (lambda w: 1 if w > 0 else 2, r"a decision \(if, and, or, not, max, sorted\)"),
        (lambda w: (2 * w).data, r"reading \.data"),
    ],
    ids=["data", "if", "data of a node"],
)
def test_the_number_of_a_parameter_is_not_frozen_without_a_word(ask, what):
    w = Value(0.5, "w")
    with pytest.raises(TypeError, match=rf"(^|[ :]){what} would freeze .* at its number"):
        vectorize(lambda x: ask(w) * x, 1.0)


def test_the_number_of_a_constant_of_the_function_may_be_asked_for():
    assert vectorize(lambda x: Value(2.0).data * x, 1.0)([3.0]).tolist() == [6.0]


# Operations of the user's that compute in floats

COMPUTES_IN_FLOATS = {
    "a function of math": (lambda m, a: math.atan(a), lambda m, y, a: (m.divide(1, 1 + a * a),)),
    "a slope of math": (lambda m, a: m.sin(a), lambda m, y, a: (math.cos(a),)),
    "a function of NumPy": (lambda m, a: np.exp(a), lambda m, y, a: (y,)),
    "float": (lambda m, a: m.exp(float(a)), lambda m, y, a: (y,)),
    "if": (lambda m, a: a if a > 0 else -a, lambda m, y, a: (m.sign(a),)),
    "if of a truth": (lambda m, a: a if m.less(0, a) else a / 10, lambda m, y, a: (1 if m.less(0, a) else 0.1,)),
    "if of a number": (lambda m, a: m.sin(a) if a else 1, lambda m, y, a: (m.cos(a),)),
    "==": (lambda m, a: m.where(a == 0, 1, m.exp(a)), lambda m, y, a: (m.where(a == 0, 0, y),)),
    "== 0 alone": (lambda m, a: 1 if a == 0 else a, lambda m, y, a: (0 if a == 0 else 1,)),
    "!=": (lambda m, a: a if a != 0 else 1, lambda m, y, a: (1 if a != 0 else 0,)),
    "max": (lambda m, a: max(a, 0), lambda m, y, a: (m.step(a),)),
    "abs": (lambda m, a: abs(a), lambda m, y, a: (m.sign(a),)),
    "**": (lambda m, a: a**3, lambda m, y, a: (3 * a * a,)),
    "of many operands": (lambda m, *xs: max(xs), lambda m, y, *xs: tuple(1 if x == y else 0 for x in xs)),
}


@pytest.mark.parametrize("name", COMPUTES_IN_FLOATS)
@pytest.mark.parametrize("use", [lambda f, x: f(x * a), lambda f, x: a * f(x) + x, lambda f, x: x / (3 + f(b * x))])
def test_an_operation_that_computes_in_floats_is_refused_by_name(name, use):
    rule = Operation("my own", *COMPUTES_IN_FLOATS[name])

    with pytest.raises(TypeError, match=r"no lifted program through my own: .*m\.number\(0\.01\).*m\.exp"):
        vectorize(lambda x: use(rule, x), 0.0)


@pytest.mark.parametrize("local", [lambda m, y, a: 3 * a * a, lambda m, y, a: (3 * a * a, 1), lambda m, y, a: [a]])
def test_local_gradients_of_another_form_are_refused_by_name(local):
    rule = Operation("my own", lambda m, a: m.exp(a), local)

    with pytest.raises(TypeError, match="local gradients of operation 'my own' must be a tuple"):
        vectorize(lambda x: rule(x * a), 0.0)


USERS = {
    "a decimal": (lambda m, a: m.where(m.less(0, a), a, 0.01 * a), lambda m, y, a: (m.where(m.less(0, a), 1, 0.01),)),
    "a truth": (lambda m, a: m.less(0, a), lambda m, y, a: (m.nothing,)),
    "a truth below 0": (lambda m, a: -m.less(0, a), lambda m, y, a: (m.nothing,)),
    "truths": (lambda m, a: m.less(0, a) + m.less(a, 1) - 2 * m.equal(a, 0), lambda m, y, a: (m.nothing,)),
    "a choice of truths": (
        lambda m, a: m.where(m.less(0, a), m.less(a, 1), 0),
        lambda m, y, a: (m.where(m.less(0, a), m.step(a), -m.step(-a)),),
    ),
    "a number": (lambda m, a: m.number(3.0), lambda m, y, a: (0 * a,)),
    "a NumPy number": (lambda m, a: np.float64(2) * m.exp(a), lambda m, y, a: (y,)),
    "slopes of steps": (
        lambda m, a: m.minimum(m.maximum(a, 0), 6),
        lambda m, y, a: (m.step(a) * m.step(6 - a),),
    ),
    "ELU": (lambda m, a: m.where(m.less(0, a), a, m.expm1(a)), lambda m, y, a: (m.where(m.less(0, a), 1, m.exp(a)),)),
    "swish": (lambda m, a: a * m.sigmoid(a), lambda m, y, a: (m.sigmoid(a) + y * (1 - m.sigmoid(a)),)),
}
USERS_OF_TWO = {
    "the first": (lambda m, a, b: m.exp(a), lambda m, y, a, b: (y, m.nothing)),
    "the second": (lambda m, a, b: m.exp(b), lambda m, y, a, b: (m.nothing, y)),
    "a norm": (lambda m, *xs: m.sqrt(m.sum(*(x * x for x in xs))), lambda m, y, *xs: tuple(m.divide(x, y) for x in xs)),
    "a count": (lambda m, *xs: m.sum(*(m.less(0, x) for x in xs)), lambda m, y, *xs: (m.nothing,) * len(xs)),
}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    "use", [lambda f, x: f(x * a) * 2 + f(x * b) + a * b, lambda f, x: -f(a) * x - f(b), lambda f, x: -f(x * a)]
)
@pytest.mark.parametrize("name", USERS)
def test_any_other_operation_of_the_users_lifts(name, use, dtype):
    f = Operation(name, *USERS[name])
    assert_lifts(lambda x: use(f, x), [-2.0, 0.5, 3.0], parameters=[a, b], dtype=dtype, tolerance=1e-5)


@pytest.mark.parametrize(
    "use",
    [
        lambda f, x: f(x * a, b),
        lambda f, x: f(a, b * x) + f(a, x),
        lambda f, x: f(a, x + 9) + f(b, x + 9) * 2,
        lambda f, x: f(x + 9, a) * f(x + 9, b) * f(x + 9, x),
        lambda f, x: -f(a, b),
    ],
)
@pytest.mark.parametrize("name", USERS_OF_TWO)
def test_an_operation_of_two_operands_lifts_whichever_it_depends_on(name, use):
    f = Operation(name, *USERS_OF_TWO[name])
    assert_lifts(lambda x: use(f, x), [-2.0, 0.5, 3.0], parameters=[a, b])
