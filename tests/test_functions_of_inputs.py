"""f(x) = …, as exercises of calculus have it: the left side is the node f, which depends on x."""

import pytest

from autograd import Value, check_derivation, exp, log, sigmoid, sin


@pytest.fixture
def nodes():
    x, w = Value(0.7), Value(0.4)
    f, g = exp(-(x**2)) * sin(3 * x), log(1 + x**2) / x
    return {"x": x, "w": w, "f": f, "g": g, "h": f * w}


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        ("f(x) = e^{-x^2} sin(3x)", True),
        ("f(x) = e^{-x^2} cos(3x)", False),
        ("f(x) = x e^{-x^2} sin(3x)", False),  # as a product it would be right
        ("g(x) = ln(1+x^2)/x", True),
        ("g(x) = ln(1+x^2)", False),
        ("h(x, w) = w e^{-x^2} sin(3x)", True),
        ("f(x) = e^{-x^2} sin(3x). By the product rule f'(x) = -2x e^{-x^2} sin(3x) + 3 e^{-x^2} cos(3x).", True),
    ],
)
def test_the_left_side_of_a_claim_is_the_node_that_depends_on_what_stands_in_parentheses(nodes, claim, holds):
    report = check_derivation(claim, nodes)
    assert bool(report) == holds, str(report)


@pytest.mark.parametrize("claim", ["w(x) = 0.4", "h = w(f)", "w(x) = 0.28"])
def test_what_depends_on_nothing_in_parentheses_is_no_function_in_silence(nodes, claim):
    report = check_derivation(claim, nodes)
    assert all("function" not in line.read_as for line in report.lines)
    assert bool(report) == (claim != "w(x) = 0.4"), str(report)


@pytest.mark.parametrize(("claim", "holds"), [("ds/dx = σ(x) + xσ(x)(1 − σ(x))", True), ("s = xσ(w)", False)])
def test_a_factor_may_stand_right_before_a_sigmoid(claim, holds):
    x, w = Value(0.7), Value(0.4)
    nodes = {"x": x, "w": w, "s": x * sigmoid(x)}
    assert bool(check_derivation(claim, nodes)) == holds


@pytest.mark.parametrize(("value", "read"), [("0.7", True), ("0.70", True), ("0.71", False), ("0.6", False)])
def test_a_point_may_be_given_with_few_digits(nodes, value, read):
    nodes["x"] = x = Value(0.3500002) * 2  # a leaf would be set to what is said
    nodes["k"] = x * 2
    report = check_derivation(f"For x = {value}, dk/dx = 2", nodes)
    assert bool(report) == read, str(report)
