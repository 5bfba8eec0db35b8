"""Nodes written as functions: f(x), f(g(x)), f_x(x, y), f(2). The derivatives are those of first-year calculus."""

import math

import pytest

from autograd import Value, check_derivation, exp


def of_one():
    """f = x³ at x = 2: f is 8, and its derivative 12."""
    x = Value(2.0)
    return {"x": x, "f": x**3}


def of_two():
    """f = x² y + y at (2, 3): f is 15, ∂f/∂x = 2xy is 12, and ∂f/∂y = x² + 1 is 5."""
    x, y = Value(2.0), Value(3.0)
    return {"x": x, "y": y, "f": x * x * y + y}


def composed():
    """g = x², f = e^g and h = f g."""
    x = Value(0.7)
    g = x * x
    f = exp(g)
    return {"x": x, "g": g, "f": f, "h": f * g}


def lists():
    """o = v·h, with lists that count from 1 in MATLAB."""
    v, h, y = [Value(0.3), Value(-0.4)], [Value(0.1), Value(0.2)], Value(1.0)
    o = v[0] * h[0] + v[1] * h[1]
    return {"v": v, "h": h, "y": y, "o": o, "L": (o - y) ** 2}


RIGHT = [
    (of_two, "f_x(x, y) = 2xy"),
    (of_two, "$f_x(x,y) = 2xy$ and $f_y(x,y) = x^2 + 1$"),
    (of_two, "f_x(2, 3) = 12"),
    (of_two, "f_x = 2xy"),
    (of_two, "f_{x} = 2xy"),
    (of_two, "f'_x = 2xy"),
    (of_two, "∂f/∂x(x, y) = 2xy"),
    (of_two, r"\frac{\partial f}{\partial y}(2, 3) = 5"),
    (of_two, "f(2, 3) = 15"),
    (of_two, "f(x, y) = x²y + y"),
    (of_two, "y(x)^2 = 12"),  # y is not computed from x: a product, of which x is squared
    (of_one, "f(2) = 8"),
    (of_one, "f'(2) = 12"),
    (of_one, r"$\frac{df}{dx}(2) = 12$"),
    (of_one, "df/dx(x) = 3x^2"),
    (of_one, "f(x)^2 = x^6"),
    (of_one, "df/dx = 3x(2)"),  # x is a leaf: 3 times 2 times 2
    (composed, "h'(x) = f'(x)g(x) + f(x)g'(x)"),
    (composed, "h(x) = f(g(x)) g(x)"),
    (composed, "f(g(x)) = e^{x^2}"),
    (composed, "h'(x) = f'(g(x)) g'(x) g(x) + f(x) g'(x)"),
    (composed, "dh/dg = f(g) + f(g) g"),
    (lists, "o_v = h"),
    (lists, "L_{v_1} = 2(o - y) h_1"),
]
WRONG = [
    (of_two, "f_x(x, y) = x²y + y"),
    (of_two, "f_x(x, y) = x² + 1"),
    (of_two, "f_x(2, 3) = 15"),
    (of_two, "f'_x = 3xy"),
    (of_one, "f(2) = 16"),
    (of_one, "f'(2) = 24"),
    (of_one, "df/dx(2) = 24"),
    (composed, "h'(x) = f'(x)g(x) - f(x)g'(x)"),
    (composed, "f(g(x)) = f(x) g(x)"),
    (composed, "h(x) = f(x) + g(x)"),
]
UNREAD = [
    (of_two, "f_{xy} = 2x", "second derivatives"),
    (of_two, "f_{xx}(x, y) = 2y", "second derivatives"),
    (of_two, "f_x(y) = 2xy", "parameter"),
    (of_one, "f(3) = 24", "only the recorded point"),
    (of_one, "df/dx = f(2)*1.5", "a factor, or the point"),
    (composed, "dh/dx = f(1) + g", "a factor, or the point"),
    (composed, "h(x) = g(f(x))", "from which it is not computed"),
    (lists, "dL/dv(2) = 2(o - y) h_2", "a factor, or the point"),
    (lists, "dL/dv_2 = 2(o - y) h(2)", "an item of h, or a factor"),
]


@pytest.mark.parametrize(("nodes", "page"), RIGHT)
def test_a_node_with_what_it_is_computed_from_is_a_function(nodes, page):
    report = check_derivation(page, nodes())
    assert report, report


@pytest.mark.parametrize(("nodes", "page"), WRONG)
def test_a_wrong_claim_about_a_function_is_wrong(nodes, page):
    report = check_derivation(page, nodes())
    assert [line.holds for line in report.lines] == [False], report


@pytest.mark.parametrize(("nodes", "page", "why"), UNREAD)
def test_what_may_be_a_factor_or_a_point_is_not_read(nodes, page, why):
    report = check_derivation(page, nodes())
    assert [why in line.why for line in report.unread] == [True], report
    assert not report


def test_the_hypothesis_keeps_its_parameters_below():
    theta, x = Value(0.5), Value(1.5)
    report = check_derivation("h_θ(x) = 0.75", {"theta": theta, "x": x, "h": theta * x})
    assert report
    assert math.isclose(0.5 * 1.5, 0.75)


def test_a_definition_that_is_no_partial_derivative_checks_nothing():
    report = check_derivation("f_x = 3xy", of_two())
    assert not report
    assert not report.unread


def test_a_name_that_the_page_defines_is_that_in_later_lines():
    report = check_derivation("f_x = 3xy\ndf/dx = f_x", of_two())
    assert report.lines[-1].holds is False
