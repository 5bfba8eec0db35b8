"""Second derivatives on a page, in all their spellings: held against sympy's."""

import pytest
import sympy

from autograd import Value, check_derivation, sigmoid, sin, tanh

w, x = sympy.symbols("w x")
GRAPHS = {
    "w**2*x": (w**2 * x, lambda w, x: w**2 * x),
    "sin(w*x)": (sympy.sin(w * x), lambda w, x: sin(w * x)),
    "tanh(w)*x**3": (sympy.tanh(w) * x**3, lambda w, x: tanh(w) * x**3),
}
BY_W_TWICE = [
    "∂²L/∂w²", "d²L/dw²", "d^2L/dw^2", "∂^2 L/∂w^2", r"\frac{\partial^2 L}{\partial w^2}", r"\frac{d^2 L}{dw^2}",
    r"\frac{\partial^{2} L}{\partial w^{2}}", r"\frac{\partial^2}{\partial w^2} L", "L''(w)", "d/dw (dL/dw)",
    r"\frac{\partial}{\partial w} \frac{\partial L}{\partial w}", r"\dfrac{\mathrm{d}^2 L}{\mathrm{d}w^2}",
]  # fmt: skip
BY_BOTH = [
    "∂²L/∂w∂x", "∂²L/(∂w ∂x)", "d^2L/dx dw", r"\frac{\partial^2 L}{\partial w \partial x}", "d/dx (dL/dw)",
    r"\frac{\partial^2 L}{\partial x\,\partial w}", r"\frac{d^2 L}{dx\,dw}",
]  # fmt: skip


@pytest.mark.parametrize("graph", GRAPHS)
@pytest.mark.parametrize(
    ("written", "by"), [*((text, (w, w)) for text in BY_W_TWICE), *((text, (w, x)) for text in BY_BOTH)]
)
def test_a_second_derivative_is_that_of_the_graph(graph, written, by):
    formula, function = GRAPHS[graph]
    first, second = Value(0.7), Value(-1.3)
    nodes = {"w": first, "x": second, "L": function(first, second)}
    right = sympy.diff(formula, *by)
    for claimed, holds in ((right, True), (right + w, False), (sympy.diff(formula, w), False)):
        report = check_derivation(f"{written} = {claimed}", nodes)
        assert not report.unread, report
        assert [line.holds for line in report.lines] == [holds], report


def test_the_entries_of_a_hessian_are_read_with_their_indices():
    """L = (w₁ x₁ + w₂ x₂)²/2 has the second derivatives x_i x_j."""
    v, u = [Value(0.4), Value(-0.9)], [Value(1.5), Value(0.3)]
    z = v[0] * u[0] + v[1] * u[1]
    nodes = {"w": v, "x": u, "z": z, "L": z**2 / 2}
    page = (
        r"\frac{\partial^2 L}{\partial w_i \partial w_j} = x_i x_j" + "\n∂²L/∂z² = 1\n∂²L/∂w_1² = x_1²\n∂²L/∂w_i² = x_i"
    )
    report = check_derivation(page, nodes)
    assert [line.holds for line in report.lines] == [True, True, True, False], report
    assert report.lines[0].entries == (4, 4)


def test_the_second_derivative_of_the_logistic_loss_is_a_times_one_minus_a():
    z, y = Value(0.3), Value(1.0)
    a = sigmoid(z)
    nodes = {"z": z, "a": a, "y": y, "L": -(y * a.log() + (1 - y) * (1 - a).log())}
    report = check_derivation("dL/dz = a - y\nd²L/dz² = a(1 - a)\nd²L/dz² = a(1 - a)(1 - 2a)", nodes)
    assert [line.holds for line in report.lines] == [True, True, False]
    assert nodes["L"].name is None
    assert a.name is None


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("∂²L/∂w = x", "by two nodes"),
        ("∂²L = 2", "∂²L/∂w²"),
        (r"\frac{\partial^2 L}{\partial w^3} = x", "by one node twice"),
        (r"\frac{\partial^3 L}{\partial w^3} = x", "the first and the second"),
        ("∂²L/∂v² = 0", "write ∂²L/∂w_i∂w_j"),
    ],
)
def test_other_derivatives_of_derivatives_are_not_read(line, why):
    a, b = Value(0.7), Value(-1.3)
    v = [a, b]
    report = check_derivation(line, {"w": a, "x": b, "v": v, "L": a**2 * b})
    assert not report.lines
    assert why in report.unread[0].why
