"""What pages leave out over lists: the index of a sum or a softmax, and the sum in a product of derivatives.

Each graph is small, and what is right of it is worked out by hand in its docstring.
"""

import math

import pytest

from autograd import Value, check_derivation, log, softmax
from autograd import sum as total


def layered():
    """z = W x, a_i = z_i² and J = Σ_i a_i²: ∂J/∂a_i = 2 a_i, ∂a_i/∂z_i = 2 z_i, ∂z_i/∂W_ij = x_j."""
    W = [[Value(0.3), Value(-0.2), Value(0.9)], [Value(0.8), Value(0.5), Value(-1.1)]]
    x = [Value(0.4), Value(-0.7), Value(1.3)]
    z = [total([w * u for w, u in zip(row, x, strict=True)]) for row in W]
    a = [each * each for each in z]
    return {"W": W, "x": x, "z": z, "a": a, "J": total([each * each for each in a])}


def batched():
    """A = Z² entry by entry and J = Σ A_ij²."""
    Z = [[Value(0.3), Value(-0.2)], [Value(0.8), Value(0.5)], [Value(-0.4), Value(0.1)]]
    A = [[each * each for each in row] for row in Z]
    return {"Z": Z, "A": A, "J": total([each * each for row in A for each in row])}


def classified():
    """p = softmax(z), y one of three: L = −Σ y_i log p_i, ∂L/∂z_i = p_i − y_i, ∂p_i/∂z_j = p_i (δ_ij − p_j)."""
    z = [Value(0.2), Value(1.1), Value(-0.4)]
    p, y = softmax(z), [Value(0.0), Value(1.0), Value(0.0)]
    return {"z": z, "p": p, "y": y, "L": -total([b * log(a) for a, b in zip(p, y, strict=True)])}


def fitted():
    """J = ¼ Σ (w x_i + b − y_i)²: ∂J/∂w = ½ Σ (w x_i + b − y_i) x_i and ∂J/∂b = ½ Σ (w x_i + b − y_i)."""
    w, b = Value(0.7), Value(-0.3)
    x, y = [[Value(each) for each in row] for row in ((0.5, -1.0, 2.0, 0.3), (1.0, 0.2, -0.6, 0.9))]
    J = total([(w * u + b - v) ** 2 for u, v in zip(x, y, strict=True)]) / 4
    return {"w": w, "b": b, "x": x, "y": y, "n": 4, "J": J}


def keyed():
    """L_i = (p_i − y_i)², under that name, and J the mean of them."""
    p, y = [[Value(each) for each in row] for row in ((0.5, -1.0, 2.0), (1.0, 0.2, -0.6))]
    losses = [(a - b) * (a - b) for a, b in zip(p, y, strict=True)]
    return {"p": p, "y": y, "L_i": losses, "J": total(losses) / 3}


RIGHT = [
    (layered, r"\frac{dJ}{dW} = \frac{dJ}{da} \cdot \frac{da}{dz}\cdot \frac{dz}{dW}"),
    (layered, "∂J/∂W = ∂J/∂z ∂z/∂W"),
    (layered, "∂J/∂W = ∂z/∂W ∂J/∂z"),
    (layered, "∂J/∂W = ½ · 2 · ∂J/∂z · ∂z/∂W"),
    (layered, "∂J/∂W_{ij} = 4 z_i^3 x_j"),
    (layered, "dW = dz @ dz/dW"),
    (batched, "dJ/dZ = dJ/dA * dA/dZ"),
    (batched, r"\frac{\partial J}{\partial Z} = \frac{\partial J}{\partial A} \frac{\partial A}{\partial Z}"),
    (layered, "∂a/∂z = 2z"),
    (layered, "∂J/∂z = ∂J/∂a ⊙ ∂a/∂z"),
    (batched, "dA/dZ = 2*Z"),
    (batched, "dJ/dZ = dJ/dA ⊙ dA/dZ"),
    (classified, r"p_i = \text{softmax}(z_i)"),
    (classified, r"\sum_i \text{softmax}(z_i) = 1"),
    (classified, "∂L/∂z_i = softmax(z_i) - y_i"),
    (classified, r"$L = -\sum_i y_i \log(\text{softmax}(z_i))$"),
    (classified, "∂p_i/∂z_j = softmax(z_i)(δ_ij - softmax(z_j))"),
    (classified, "∂softmax(z_i)/∂z_i = softmax(z_i)(1 - softmax(z_i))"),
    (classified, "L = -sum(y_i * log(p_i))"),
    (classified, "L = -sum(y[i] * log(p[i]))"),
    (classified, "p_i = exp(z_i)/sum(exp(z_j))"),
    (classified, "sum(p_i) = 1"),
    (classified, "1/3 = mean(p_i)"),
    (fitted, "dJ/dw = 2/n * sum((w*x_i + b - y_i) * x_i)"),
    (fitted, "dJ/db = 2 mean(w*x_i + b - y_i)"),
    (fitted, "J = (1/n) sum((y_i - (w x_i + b))^2)"),
]
WRONG = [
    (layered, r"\frac{dJ}{dW} = 2 \frac{dJ}{da} \cdot \frac{da}{dz}\cdot \frac{dz}{dW}"),
    (layered, "∂J/∂W = -∂z/∂W ∂J/∂z"),
    (layered, "∂J/∂W_{ij} = 2 z_i^3 x_j"),
    (batched, "dJ/dZ = 3 dJ/dA * dA/dZ"),
    (layered, "∂a/∂z = 3z"),
    (layered, "∂z/∂x = x"),
    (classified, "∂p/∂z = p(1 - p)"),  # p_0 depends on z_1, too: no list of derivatives
    (batched, "dA/dZ = 2*Z*Z"),
    (classified, "∂softmax(z_i)/∂z_i = 7 softmax(z_i)(1 - softmax(z_i))"),
    (classified, "∂L/∂z_i = softmax(z_i) + y_i"),
    (classified, r"\sum_i \text{softmax}(z_i) = 3"),
    (classified, "L = sum(y_i * log(p_i))"),
    (classified, "1 = mean(p_i)"),
    (fitted, "dJ/db = 3/n * sum(w*x_i + b - y_i)"),
]
NOT_READ = [
    (layered, "∂z/∂W = x", "index letters"),
    (layered, "∂z/∂W = x^T", "index letters"),
    (layered, "∂J/∂W = x ∂z/∂W", "index letters"),
    (classified, "p_i = σ(z)_i = e^{z_i}/Σ_j e^{z_j}", "softmax"),
    (classified, "σ(z)_i = e^{z_i}/Σ_j e^{z_j}", "softmax"),
    (keyed, "L_i = (p_i - y_i)^2", "call it L"),
    (keyed, "∂L_i/∂p_i = 2 (p_i - y_i)", "call it L"),
    (classified, "p_1 = softmax(z_1)", "softmax"),
    (classified, "p_i = softmax(z_i + z_j)", "softmax"),
    (classified, "∂L/∂z_i = sum(p_i - y_i)", "sum is of a list"),
    (classified, "L = sum(p_i y_j)", "over which index"),
    (classified, "L = p_i + sum(p_i)", "over which index"),
    (classified, "p_i = exp(z_i - max(z_j))", "max is of a list"),
    (classified, "log p_i = z_i - logsumexp(z_j)", "logsumexp is of a list"),
]


@pytest.mark.parametrize(("graph", "line"), RIGHT)
def test_a_right_line_holds(graph, line):
    report = check_derivation(line, graph())
    assert report, str(report)


@pytest.mark.parametrize(("graph", "line"), WRONG)
def test_a_wrong_line_is_called_wrong(graph, line):
    report = check_derivation(line, graph())
    assert not report.unread
    assert [each.holds for each in report.lines] == [False], str(report)


@pytest.mark.parametrize(("graph", "line", "why"), NOT_READ)
def test_a_line_that_may_mean_several_things_is_not_read(graph, line, why):
    report = check_derivation(line, graph())
    assert not report
    assert not report.lines
    assert [why in each.why for each in report.unread] == [True], str(report)


def test_a_softmax_of_items_has_the_numbers_of_the_textbook():
    z = [0.2, 1.1, -0.4]
    exponentials = [math.exp(each) for each in z]
    p = exponentials[1] / sum(exponentials)
    assert check_derivation(f"∂softmax(z_2)/∂z_2 = {p * (1 - p):.12f}", classified()).unread
    assert check_derivation(f"∂softmax(z_i)/∂z_i = {p * (1 - p):.12f} for i = 2", classified())
