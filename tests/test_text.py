"""What pages call a node: short, told apart, and without a walk through the graph."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import leaves

from autograd import Operation, Value, dot, prod, tanh
from autograd.text import derivative, label, labels


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
        (lambda w, x, b: ((w > x) | (x > b)) & (w > b), "((w > x) or (x > b)) and (w > b)"),
        (lambda w, x, b: (-w) ** 2, "(-w) ** 2"),
        (lambda w, x, b: -w * x, "(-w) * x"),
        (lambda w, x, b: -(w * x), "-w * x"),
        (lambda w, x, b: -(w + x), "-(w + x)"),
        (lambda w, x, b: w * (x > b), "w * (x > b)"),
        (lambda w, x, b: (w - x) ** 2, "(w - x) ** 2"),
        (lambda w, x, b: 2 * x, "2 * x"),
        (lambda w, x, b: -x, "-x"),
        (lambda w, x, b: dot([w, 1.0], [x, 2.0], b), "dot(w, …, b)"),
        (lambda w, x, b: Value(0.1 + 0.2), "0.3"),
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


def test_operands_may_be_called_otherwise():
    x = Value(1.0, "x")
    inner = x * x
    assert label(inner + x, names={inner: "v1"}) == "v1 + x"


def test_a_derivative_by_a_formula_has_parentheses():
    assert derivative("E", "w * x", "d") == "dE/d(w * x)"
    assert derivative("tanh(w * x)", "w") == "∂tanh(w * x)/∂w"


def test_control_characters_are_shown_in_names_and_in_operations():
    x = Value(3.0, "x\x1b[32m\ny")
    assert label(x) == "x␛[32m␊y"
    assert label(Operation("f\x1b[2J", lambda m, a: a, lambda m, y, a: (1.0,))(x) + x) == "f␛[2J(x␛[32m␊y) + x␛[32m␊y"
