"""What pages call a node: as Python reads it, short, told apart, and without a walk through the graph."""

import ast
import re
from decimal import Decimal
from math import isfinite, isnan

import pytest
from formulas import evaluated, leaves_of, nodes
from hypothesis import given, settings
from hypothesis import strategies as st
from support import leaves

import autograd
from autograd import Operation, Value, dot, logsumexp, ops, prod, tanh
from autograd.latex import LatexWriter
from autograd.text import Cut, Writer, derivative, label, labels, number, with_numbers

# Numbers


@pytest.mark.parametrize(
    ("x", "digits", "text"),
    [
        (0.1, 4, "0.1"),
        (0.1 + 0.2, 4, "0.3000"),
        (1 / 3, 4, "0.3333"),
        (-0.9999877116507956, 4, "-1.000"),
        (100000, 4, "100000"),
        (99999.99, 4, "1.000e+05"),
        (1234.5, 6, "1234.5"),
        (1234.6, 4, "1.235e+03"),
        (123.46, 4, "123.5"),
        (123456.789, 4, "1.235e+05"),
        (123456.789, 6, "1.23457e+05"),
        (0.000123456, 4, "0.0001235"),
        (2.4577e-05, 4, "2.458e-05"),
        (1e-05, 4, "1e-05"),
        (9.99999e-05, 4, "0.0001000"),
        (1e-20, 4, "1e-20"),
        (1e300, 4, "1e+300"),
        (5e-324, 4, "5e-324"),
        (3, 4, "3"),
        (True, 4, "1"),
        (0.0, 4, "0"),
        (-0.0, 4, "-0"),
        (float("inf"), 4, "inf"),
        (float("-inf"), 4, "-inf"),
        (float("nan"), 4, "nan"),
        (0.37, 1, "0.4"),
        (7.3, 1, "7e+00"),
    ],
)
def test_what_is_rounded_keeps_its_zeros_and_what_is_not_is_written_as_it_is(x, digits, text):
    assert number(x, digits) == text


FLOATS = (
    st.floats()
    | st.decimals(allow_nan=False, allow_infinity=False, places=3).map(float)
    | st.integers(-(10**9), 10**9).map(float)
)


def significant(x):
    """The digits of the shortest decimal that names a float."""
    return Decimal(repr(x)).normalize().as_tuple().digits if x else (0,)


@settings(max_examples=1000)
@given(FLOATS, st.integers(1, 17))
def test_a_number_of_no_more_digits_than_are_shown_is_read_as_the_very_float(x, digits):
    if not isfinite(x) or len(significant(x)) <= digits:
        assert float(number(x, digits)).hex() == x.hex() or isnan(x)


@settings(max_examples=1000)
@given(FLOATS.filter(isfinite), st.integers(1, 16))
def test_a_rounded_number_shows_just_the_digits_asked_for_and_is_within_half_a_unit_of_the_last(x, digits):
    if len(significant(x)) > digits:
        text = number(x, digits)
        shown = Decimal(text)
        assert len(shown.as_tuple().digits) == digits
        assert "." in text or "e" in text
        assert abs(shown - Decimal(x)) <= Decimal((0, (5,), shown.as_tuple().exponent - 1))


# Formulas


class WholeWriter(Writer):
    """Writes formulas of any length."""

    WIDTH = 10**6
    CUTS = (Cut(100, many=10**6),)


@settings(max_examples=200)
@given(nodes())
def test_python_computes_from_the_text_the_number_of_the_node_to_the_bit(node):
    found = evaluated(WholeWriter().label(node).text, leaves_of(node))
    assert found.hex() == node.data.hex()


class LeftFirst(ast.NodeTransformer):
    """Python takes a and b and c as one operation of three operands; here it is the one of two that comes first."""

    def visit_BoolOp(self, node):
        first, *others = map(self.visit, node.values)
        for other in others:
            first = ast.BoolOp(node.op, [first, other])
        return first


def structure(text):
    """What Python reads, or None if it cannot."""
    try:
        return ast.dump(LeftFirst().visit(ast.parse(text, mode="eval")))
    except SyntaxError:
        return None


def in_parentheses(node):
    """The formula with parentheses around every operand."""
    if node.name or node.op is None:
        return f"({node.name or repr(node.data).removesuffix('.0')})"
    name, operands = node.op.name, list(map(in_parentheses, node.parents))
    if name == "dot":
        half = len(operands) // 2
        lists = [f"[{', '.join(each)}]" for each in (operands[:half], operands[half : 2 * half])]
        return f"dot({', '.join(lists + operands[2 * half :])})"
    if node.op.arity is None:
        return f"{name}([{', '.join(operands)}])"
    if name.isidentifier() and name not in ("and", "or", "not"):
        return f"{name}({', '.join(operands)})"
    if name.startswith("**") and len(operands) == 1:
        return f"({operands[0]} ** ({name[2:]}))"
    return f"({operands[0]} {name} {operands[1]})" if len(operands) == 2 else f"({name} {operands[0]})"


@settings(max_examples=200)
@given(nodes())
def test_python_reads_the_text_as_the_operations_were_recorded(node):
    assert structure(WholeWriter().label(node).text) == structure(in_parentheses(node))


@settings(max_examples=200)
@given(nodes())
def test_no_parentheses_can_be_left_out(node):
    text = WholeWriter().label(node).text
    for opening in re.finditer(r"(?<!\w)\(", text):
        depth = 0
        for end in range(opening.start(), len(text)):
            depth += (text[end] == "(") - (text[end] == ")")
            if depth == 0:
                break
        without = f"{text[: opening.start()]} {text[opening.end() : end]} {text[end + 1 :]}"
        assert structure(without) != structure(text)


@pytest.mark.parametrize(
    ("build", "text"),
    [
        (lambda w, x, b: w, "w"),
        (lambda w, x, b: w * x, "w * x"),
        (lambda w, x, b: (w + x) * b, "(w + x) * b"),
        (lambda w, x, b: tanh(w * x + b), "tanh(w * x + b)"),
        (lambda w, x, b: w - (x - b), "w - (x - b)"),
        (lambda w, x, b: w - x - b, "w - x - b"),
        (lambda w, x, b: w / (x * b), "w / (x * b)"),
        (lambda w, x, b: (w**2) ** x, "(w ** 2) ** x"),
        (lambda w, x, b: (-2) ** x, "(-2) ** x"),
        (lambda w, x, b: w - -2, "w - -2"),
        (lambda w, x, b: ((w > x) | (x > b)) & (w > b), "(w > x or x > b) and w > b"),
        (lambda w, x, b: (-w) ** 2, "(-w) ** 2"),
        (lambda w, x, b: -w * x, "-w * x"),
        (lambda w, x, b: -(w * x), "-(w * x)"),
        (lambda w, x, b: -(w + x), "-(w + x)"),
        (lambda w, x, b: w * (x > b), "w * (x > b)"),
        (lambda w, x, b: (w - x) ** 2, "(w - x) ** 2"),
        (lambda w, x, b: (w**0.5) ** x, "(w ** 0.5) ** x"),
        (lambda w, x, b: w ** (x**b), "w ** x ** b"),
        (lambda w, x, b: w**-x, "w ** -x"),
        (lambda w, x, b: (w**x) ** -2, "(w ** x) ** -2"),
        (lambda w, x, b: -(w**2), "-w ** 2"),
        (lambda w, x, b: Value(-2.0) ** 2, "(-2) ** 2"),
        (lambda w, x, b: -ops.negate(w), "--w"),
        (lambda w, x, b: w + (x + b), "w + (x + b)"),
        (lambda w, x, b: w * x / b * w, "w * x / b * w"),
        (lambda w, x, b: (w > x) > b, "(w > x) > b"),
        (lambda w, x, b: (w > x) & ((x > b) & (w > b)), "w > x and (x > b and w > b)"),
        (lambda w, x, b: (w > x) + 1, "(w > x) + 1"),
        (lambda w, x, b: ~(w > x) & (x > b), "not w > x and x > b"),
        (lambda w, x, b: ~(w > x) * b, "(not w > x) * b"),
        (lambda w, x, b: abs(w - x) ** 2, "abs(w - x) ** 2"),
        (lambda w, x, b: 2 * x, "2 * x"),
        (lambda w, x, b: -x, "-x"),
        (lambda w, x, b: dot([w, 1.0], [x, 2.0], b), "dot([w, 1], [x, 2], b)"),
        (lambda w, x, b: dot([w] * 4, [x] * 4), "dot([w, …], […, x])"),
        (lambda w, x, b: autograd.sum([w, x], b), "sum([w, x, b])"),
        (lambda w, x, b: logsumexp([w, x, b, w]), "logsumexp([w, …, w])"),
        (lambda w, x, b: Value(0.1 + 0.2), "0.300000"),
    ],
)
def test_a_node_is_called_by_its_name_or_as_its_operation_is_written(build, text):
    assert label(build(*leaves(1.0, 2.0, 3.0, names="w x b"))) == text


def test_a_name_that_somebody_gave_is_never_cut():
    assert label(Value(1.0, "w" * 200)) == "w" * 200


def test_a_deep_formula_is_cut_and_costs_no_walk():
    node = Value(1.0, "x")
    for _ in range(100_000):
        node = tanh(node + node)
    assert label(node) == "tanh(tanh(…) + tanh(…))"


def test_an_operation_on_long_names_leaves_them_out():
    w, b = Value(1.0, "w" * 100), Value(1.0, "b" * 100)
    assert label(prod([w, b, w, b])) == "prod(…)"
    assert label(w * b) == "… * …"


def test_of_a_dot_with_long_names_the_first_operand_is_written_and_the_last_or_the_last_alone():
    w, v, b = Value(1.0, "w" * 12), Value(1.0, "v" * 16), Value(2.0, "b" * 40)
    assert label(dot([w, w], [1.0, 2.0], w)) == "dot([wwwwwwwwwwww, …], …, wwwwwwwwwwww)"
    assert label(dot([v, v], [1.0, 2.0])) == "dot([vvvvvvvvvvvvvvvv, …], […, 2])"
    assert label(dot([w, w], [1.0, 2.0], b)) == f"dot(…, {'b' * 40})"
    assert label(dot([w, w], [1.0, b])) == "dot(…)"


def test_labels_of_different_nodes_differ():
    a, b = leaves(1.0, 1.0, names="a a")
    assert list(labels([a, b, Value(3.0), Value(3.0), Value(0.0, "a #2")]).values()) == [
        "a",
        "a #3",
        "3",
        "3 #2",
        "a #2",
    ]


def test_a_node_that_is_asked_for_twice_has_one_label():
    a = Value(1.0, "a")
    assert labels([a, a]) == {a: "a"}


@given(st.lists(st.sampled_from(["a", "b", "a #2", "a #3", None]), max_size=12))
def test_labels_are_unique_whatever_the_names(names):
    nodes = [Value(1.0, name) for name in names]
    assert len(set(labels(nodes).values())) == len(nodes)


@pytest.mark.parametrize(
    ("operation", "numbers", "text"),
    [
        (ops.multiply, ["-3", "2"], "(-3) * 2"),
        (ops.power_by(0.5), ["1/2"], "(1/2) ** 0.5"),
        (ops.exp, ["-1/2"], "exp(-1/2)"),
    ],
)
def test_numbers_in_the_place_of_operands_are_written_as_on_paper(operation, numbers, text):
    assert with_numbers(operation, numbers) == text


def test_operands_may_be_called_otherwise():
    x = Value(1.0, "x")
    inner = x * x
    assert label(inner + x, names={inner: "v1"}) == "v1 + x"


def test_a_derivative_by_a_formula_has_parentheses():
    assert derivative("E", "w * x", "d") == "dE/d(w * x)"
    assert derivative("tanh(w * x)", "w") == "∂tanh(w * x)/∂w"
    assert derivative("exp(y)", "tanh(w * x)", "d") == "d(exp(y))/d(tanh(w * x))"
    assert derivative("x / (w + 2)", "-x") == "∂(x / (w + 2))/∂(-x)"
    assert derivative("layers.0.bias", "E") == "∂layers.0.bias/∂E"


def test_control_characters_are_shown_in_names_and_in_operations():
    x = Value(3.0, "x\x1b[32m\ny")
    assert label(x) == r"x\x1b[32m\ny"
    odd = Operation("f\x1b[2J", lambda m, a: a, lambda m, y, a: (1.0,))
    assert label(odd(x) + x) == r"f\x1b[2J(x\x1b[32m\ny) + x\x1b[32m\ny"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x + y", "(x + y) * z"),
        ("x+y", "(x+y) * z"),
        ("-x", "(-x) * z"),
        ("learning rate", "(learning rate) * z"),
        ("f(x + y)", "f(x + y) * z"),
        ("w[0, 1]", "w[0, 1] * z"),
        ("layers.0.weights.1", "layers.0.weights.1 * z"),
        ("ŷ'", "ŷ' * z"),
    ],
)
def test_a_name_that_is_an_expression_has_parentheses_as_an_operand(name, text):
    assert label(Value(1.0, name) * Value(3.0, "z")) == text


def test_a_name_with_a_sign_has_parentheses_as_a_base_in_text_and_in_latex():
    square = Value(2.0, "-x") ** 2
    assert label(square) == "(-x) ** 2"
    assert LatexWriter().operation(square).text == r"\left(\mathrm{-x}\right)^{2}"


def test_an_error_writes_a_name_that_is_an_expression_in_parentheses():
    with pytest.raises(ZeroDivisionError, match=re.escape("(x + y) / z with")):
        Value(1.0, "x + y") / Value(0.0, "z")
