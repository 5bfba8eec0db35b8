"""What a Value is: what it shows and holds, its arithmetic with numbers, and what it refuses."""

import math
import operator
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from support import exactly, grads, leaves

import autograd
from autograd import Value, dot, maximum, prod

# What it shows and holds


def test_a_new_value_shows_its_data_and_that_no_gradient_was_computed():
    assert repr(Value(2)) == "Value(data=2.0, grad=None)"


def test_a_named_value_shows_its_name():
    assert repr(Value(-0.5, "w")) == "Value(data=-0.5, grad=None, name='w')"


def test_a_value_shows_its_gradient_after_a_backward():
    x = Value(3.0)
    (x * x).backward()
    assert repr(x) == "Value(data=3.0, grad=6.0)"


def test_a_format_applies_to_the_data():
    assert f"{Value(math.pi):.3f}|{Value(2.0):>6}" == "3.142|   2.0"


def test_no_format_shows_the_value_as_str_does():
    x = Value(1.0)
    assert f"{x}" == str(x)


def test_a_leaf_has_neither_operation_nor_parents():
    x = Value(1.0, "x")
    assert (x.op, x.parents, x.local_grads, x.name, x.constant) == (None, (), (), "x", False)


def test_a_node_holds_its_operation_its_operands_and_its_local_gradients():
    a, b = leaves(3.0, 5.0)
    y = a * b
    assert (str(y.op), y.parents, y.local_grads, y.constant) == ("*", (a, b), (5.0, 3.0), False)


def test_a_value_used_twice_is_two_parents():
    a = Value(3.0)
    assert (a + a).parents == (a, a)


def test_the_local_gradients_are_those_of_the_moment_it_was_recorded():
    a, b = leaves(3.0, 5.0)
    y = a * b
    a.data = 100.0
    assert y.local_grads == (5.0, 3.0)


def test_a_number_that_meets_a_value_becomes_a_leaf_flagged_constant():
    x = Value(3.0)
    number, value = (2 * x).parents
    assert value is x
    assert (number.data, number.constant, x.constant, number.op) == (2.0, True, False, None)


def test_data_is_a_float_whatever_real_number_it_was():
    for number in (1, True, Fraction(1), np.float32(1), np.float64(1), np.int64(1), np.bool_(True)):
        assert type(Value(number).data) is float
        assert Value(number).data == 1.0


def test_data_that_is_set_is_a_float_too():
    x = Value(1.0)
    x.data = np.float32(0.5)
    assert type(x.data) is float
    assert x.data == 0.5


def test_equality_of_two_values_is_identity():
    a, b = leaves(1.0, 1.0)
    assert a == a
    assert a != b
    assert (a == b, a != a) == (False, False)


def test_a_value_is_a_key_of_its_own():
    a, b = leaves(1.0, 1.0)
    assert {a: "a", b: "b"}[b] == "b"


def test_a_detached_value_is_a_leaf_that_passes_no_gradient():
    x = Value(3.0, "x")
    y = x * x
    cut = y.detach()
    assert (cut.data, cut.parents, cut.op) == (9.0, (), None)
    assert grads(cut * x, [x]) == [9.0]


def test_every_public_name_exists():
    assert [name for name in autograd.__all__ if not hasattr(autograd, name)] == []


# Arithmetic


@pytest.mark.parametrize(
    ("compute", "value", "by_x"),
    [
        (lambda x: x + 2, 6, 1),
        (lambda x: 2 + x, 6, 1),
        (lambda x: x - 2, 2, 1),
        (lambda x: 2 - x, -2, -1),
        (lambda x: x * 2, 8, 2),
        (lambda x: 2 * x, 8, 2),
        (lambda x: x / 2, 2, 0.5),
        (lambda x: 2 / x, 0.5, -0.125),
        (lambda x: x**3, 64, 48),
        (lambda x: 2**x, 16, 11.090354888959125),
        (lambda x: -x, -4, -1),
        (lambda x: +x, 4, 1),
        (lambda x: abs(-x), 4, 1),
        (lambda x: maximum(x, 2), 4, 1),
        (lambda x: maximum(7, x), 7, 0),
    ],
)
def test_an_operator_takes_a_number_on_either_side(compute, value, by_x):
    x = Value(4.0)
    y = compute(x)
    assert y.data == value
    assert grads(y, [x]) == exactly([by_x])


@pytest.mark.parametrize("number", [np.float64(2), np.float32(2), np.int64(2), Fraction(2), True + 1], ids=repr)
@pytest.mark.parametrize(
    ("compute", "value", "by_x"),
    [
        (lambda n, x: n + x, 6, 1),
        (lambda n, x: x + n, 6, 1),
        (lambda n, x: n - x, -2, -1),
        (lambda n, x: n * x, 8, 2),
        (lambda n, x: x * n, 8, 2),
        (lambda n, x: n / x, 0.5, -0.125),
        (lambda n, x: x / n, 2, 0.5),
        (lambda n, x: x**n, 16, 8),
        (lambda n, x: n**x, 16, 11.090354888959125),
        (lambda n, x: (n < x) * x, 4, 1),
        (lambda n, x: (x > n) * x, 4, 1),
    ],
)
def test_a_scalar_of_another_library_counts_as_a_number(number, compute, value, by_x):
    x = Value(4.0)
    y = compute(number, x)
    assert type(y.data) is float
    assert y.data == value
    assert grads(y, [x]) == exactly([by_x])


def test_an_augmented_assignment_makes_a_new_node():
    x = y = Value(3.0)
    y += 1
    y *= 2
    assert (x.data, y.data) == (3.0, 8.0)
    assert grads(y, [x]) == [2.0]


def test_every_function_is_a_method_too():
    for name in ["exp", "log", "log1p", "expm1", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu", "softplus"]:
        assert getattr(Value(0.5), name)().data == getattr(autograd, name)(0.5)
    assert (Value(2.0).maximum(3).data, Value(2.0).minimum(3).data, Value(-2.0).abs().data) == (3, 2, 2)
    assert Value(-2.0).relu().data == 0


def test_a_method_has_the_name_and_the_docstring_of_its_function():
    assert (Value.exp.__name__, Value.exp.__doc__) == ("exp", autograd.exp.__doc__)


def test_a_function_of_a_number_is_a_number():
    assert autograd.exp(0) == 1.0
    assert type(autograd.exp(0)) is float
    assert type(dot([1, 2], [3, 4], 5)) is float
    assert [dot([1, 2], [3, 4], bias) for bias in (5, 1, -1)] == [16.0, 12.0, 10.0]
    assert [autograd.sum([1, 2], start) for start in (5, 1, -1)] == [8.0, 4.0, 2.0]


def test_a_sum_is_one_node_with_its_start_as_an_operand():
    a, b = leaves(1.0, 2.0)
    y = autograd.sum([a, b, a], start=b)
    assert (y.data, y.parents) == (6.0, (a, b, a, b))
    assert grads(y, [a, b]) == [2.0, 2.0]


def test_a_start_or_a_bias_that_is_a_value_is_an_operand_at_zero_too():
    zero = Value(0.0)
    assert grads(autograd.sum([1.0], start=zero), [zero]) == [1.0]
    assert grads(dot([1.0], [2.0], zero), [zero]) == [2.0]  # added to the 1 of the line above


def test_the_operands_of_a_weighted_sum_are_the_weights_then_the_inputs_then_the_bias():
    w, x, bias = leaves(2.0, 3.0), leaves(7.0, 11.0), Value(5.0)
    assert (dot(w, x).parents, dot(w, x, bias).parents) == ((*w, *x), (*w, *x, bias))


def test_a_sum_takes_a_generator():
    assert autograd.sum(Value(i) for i in range(4)).data == 6.0


@pytest.mark.parametrize("bias", [0, 5.0, Value(5.0)], ids=["none", "number", "Value"])
def test_a_weighted_sum_is_one_node(bias):
    w, x = leaves(2.0, 3.0), leaves(7.0, 11.0)
    y = dot(w, x, bias)
    assert y.data == (47.0 if bias == 0 else 52.0)
    assert len(y.parents) == (4 if isinstance(bias, int) else 5)
    assert grads(y, [*w, *x]) == [7.0, 11.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("thing", "given", "advice"),
    [
        (Value(2.0), r"Value\(data=2\.0, grad=None\) of type Value", r"put it in a list, as in \[a, b\]"),
        (2.0, r"2\.0 of type float", "put it in a list"),
        (None, "None of type NoneType", "without return"),
        ({1.0: Value(2.0)}, r"\{1\.0: .*\} of type dict", r"the keys; give list\(d\.values\(\)\)"),
        ("12", "'12' of type str", r"float\(\.\.\.\)"),
    ],
    ids=["Value", "number", "None", "dict", "string"],
)
@pytest.mark.parametrize(
    ("function", "name"),
    [
        (autograd.sum, "sum"),
        (autograd.softmax, "softmax"),
        (lambda thing: dot(thing, [1.0]), "dot"),
        (lambda thing: dot([1.0], thing), "dot"),
    ],
    ids=["sum", "softmax", "weights", "inputs"],
)
def test_a_function_of_a_list_refuses_what_is_none_and_says_what_to_do(function, name, thing, given, advice):
    with pytest.raises(TypeError, match=f"^{name} takes a list of Values or numbers, not {given}: .*{advice}"):
        function(thing)


@pytest.mark.parametrize(
    "function", [autograd.mean, prod, autograd.logsumexp, autograd.sum], ids=["mean", "prod", "logsumexp", "sum"]
)
def test_the_keys_of_a_dict_are_no_operands(function):
    with pytest.raises(TypeError, match="of type dict"):
        function({1.0: "a", 2.0: "b"})


def test_an_error_within_a_generator_of_operands_is_passed_on():
    with pytest.raises(TypeError, match="unsupported operand"):
        autograd.sum(x + "1" for x in [1.0])


def test_a_weighted_sum_of_unequal_lengths_is_refused_with_both_lengths():
    with pytest.raises(ValueError, match="3 inputs and 2 weights"):
        dot([1, 2], [1, 2, 3])


def test_the_parts_of_a_softmax_share_one_logsumexp():
    parts = autograd.softmax(leaves(1.0, 2.0, 3.0))
    assert len({part.parents[0].parents[1] for part in parts}) == 1
    assert math.fsum(part.data for part in parts) == exactly(1.0, relative=1e-15)


@pytest.mark.parametrize(("function", "neutral"), [(prod, 1.0), (autograd.sum, 0.0), (lambda xs: dot(xs, xs), 0.0)])
def test_the_product_or_sum_of_nothing_is_the_neutral_number(function, neutral):
    x = Value(3.0)
    nothing = function([])
    assert (type(nothing), nothing) == (float, neutral)
    assert grads(x * nothing, [x]) == [neutral]


# What it refuses

NOT_NUMBERS = [
    pytest.param("2", "'2' of type str", "float", id="string"),
    pytest.param(b"2", "b'2' of type bytes", "float", id="bytes"),
    pytest.param(None, "None of type NoneType", "without return", id="None"),
    pytest.param(1j, "1j of type complex", r"\.real", id="complex"),
    pytest.param([1.0], r"\[1\.0\] of type list", r"Value\(x\) for x in data", id="list"),
    pytest.param((1.0,), r"\(1\.0,\) of type tuple", r"Value\(x\) for x in data", id="tuple"),
    pytest.param(np.array([1.0, 2.0]), r"array\(\[1\., 2\.\]\) of type ndarray", r"Value\(x\) for x", id="array"),
    pytest.param(np.array(1.0), r"array\(1\.\) of type ndarray", r"\.item\(\)", id="0-d array"),
    pytest.param(np.complex128(1), r"of type complex128", r"\.real", id="NumPy complex"),
]


@pytest.mark.parametrize(("thing", "shown", "remedy"), NOT_NUMBERS)
def test_a_value_is_made_of_a_real_number_only(thing, shown, remedy):
    with pytest.raises(TypeError, match=rf"^the data of a Value must be a real number, not .*{shown}: .*{remedy}"):
        Value(thing)


@pytest.mark.parametrize(("thing", "shown", "remedy"), NOT_NUMBERS)
@pytest.mark.parametrize(
    ("compute", "symbol"),
    [
        (lambda x, thing: x + thing, r"\+"),
        (lambda x, thing: thing + x, r"\+"),
        (lambda x, thing: x - thing, "-"),
        (lambda x, thing: thing - x, "-"),
        (lambda x, thing: x * thing, r"\*"),
        (lambda x, thing: thing * x, r"\*"),
        (lambda x, thing: x / thing, "/"),
        (lambda x, thing: thing / x, "/"),
        (lambda x, thing: thing**x, r"\*\*"),
        (lambda x, thing: x > thing, ">"),
        (lambda x, thing: maximum(x, thing), "maximum"),
        (lambda x, thing: autograd.sum([x, thing]), "sum"),
        (lambda x, thing: dot([x], [thing]), "dot"),
        (lambda x, thing: autograd.exp(thing), "exp"),
    ],
)
def test_an_operand_that_is_no_real_number_is_refused_with_operation_thing_and_remedy(
    thing, shown, remedy, compute, symbol
):
    with pytest.raises(TypeError, match=rf"an operand of {symbol} must be a real number, not .*{shown}: .*{remedy}"):
        compute(Value(1.0), thing)


@pytest.mark.parametrize(("thing", "shown", "remedy"), NOT_NUMBERS)
def test_an_exponent_that_is_no_real_number_is_refused(thing, shown, remedy):
    with pytest.raises(TypeError, match=rf"exponent must be a real number, not .*{shown}: .*{remedy}"):
        Value(1.0) ** thing


@pytest.mark.parametrize(("thing", "shown", "remedy"), NOT_NUMBERS)
def test_data_is_set_to_a_real_number_only(thing, shown, remedy):
    x = Value(1.0)
    with pytest.raises(TypeError, match=rf"^the data of a Value must be a real number, not .*{shown}"):
        x.data = thing
    assert x.data == 1.0


def test_a_value_of_a_value_is_refused_with_the_way_to_copy_one():
    with pytest.raises(TypeError, match=r"v\.detach\(\)"):
        Value(Value(1.0))


def test_an_integer_beyond_the_floats_is_refused_by_its_size():
    with pytest.raises(OverflowError, match=r"^the data of a Value must fit a float.*1329 bits"):
        Value(10**400)


def test_a_long_thing_is_refused_with_a_short_message():
    with pytest.raises(TypeError) as caught:
        Value("x" * 10_000)
    assert len(str(caught.value)) < 300


def test_a_name_that_is_no_string_is_refused():
    with pytest.raises(TypeError, match="the name of a Value is a string, not 3"):
        Value(1.0, 3)


@pytest.mark.parametrize("convert", [float, int, complex, math.exp, math.sqrt], ids=lambda f: f.__name__)
def test_a_conversion_that_would_drop_the_gradient_is_refused_with_the_way_out(convert):
    with pytest.raises(TypeError, match=r"would drop its gradient.*autograd\.exp\(v\).*v\.data"):
        convert(Value(1.0))


@pytest.mark.parametrize("convert", [float, int, complex, math.exp], ids=lambda f: f.__name__)
def test_a_conversion_of_a_condition_is_refused_for_what_it_is(convert):
    """It has no gradient to drop."""
    with pytest.raises(
        TypeError, match=r"^Condition\(True\) is a truth.*bool\(c\).*where\(c, a, b\).*c\.data"
    ) as caught:
        convert(Value(2.0) > 1)
    assert "gradient" not in str(caught.value)


def test_a_numpy_function_that_is_none_of_the_table_is_refused():
    with pytest.raises(TypeError, match="Value"):
        np.isnan(Value(1.0))


@pytest.mark.parametrize("use", [bool, lambda x: not x, lambda x: x and 1, lambda x: 1 if x else 0])
def test_the_truth_of_a_value_is_refused_with_what_to_ask_instead(use):
    with pytest.raises(TypeError, match=r"ambiguous: compare it, as in v > 0, or ask v\.data != 0, or v is not None"):
        use(Value(1.0))


@pytest.mark.parametrize(
    ("function", "operands"), [(maximum, 1), (autograd.atan2, 3), (autograd.where, 2), (autograd.exp, 2)]
)
def test_a_wrong_number_of_operands_is_refused(function, operands):
    with pytest.raises(TypeError):
        function(*leaves(*[1.0] * operands))


def test_the_data_of_a_computed_node_cannot_be_set():
    x = Value(3.0)
    square = x * x
    with pytest.raises(ValueError, match=r"was computed \(\*\): its data cannot be set"):
        square.data = 10.0
    assert square.data == 9.0


# Decimals and complex numbers


def test_a_decimal_is_a_real_number_like_a_fraction():
    x = Value(Decimal("2.5"))
    assert (x.data, (x * Decimal(2)).data) == (2.5, 5.0)
    assert type(x.data) is float


def test_equality_with_a_decimal_is_recorded():
    x = Value(2.0)
    assert (repr(x == Decimal(2)), repr(x != Decimal(2))) == ("Condition(True)", "Condition(False)")


@pytest.mark.parametrize("number", [2 + 0j, np.complex128(2)])
def test_no_value_equals_a_complex_number_and_no_order_is_between_them(number):
    assert (Value(2.0) == number, Value(2.0) != number) == (False, True)
    with pytest.raises(TypeError, match="only real numbers are differentiated"):
        operator.lt(Value(2.0), number)


@pytest.mark.parametrize("number", [Decimal("1e400"), Decimal("-1e400")])
def test_a_decimal_beyond_the_floats_is_refused_and_an_infinite_one_is_infinite(number):
    with pytest.raises(OverflowError, match=r"below 1\.8e308"):
        Value(number)
    assert Value(Decimal("-Infinity")).data == -math.inf
    assert math.isnan(Value(Decimal("NaN")).data)
