"""Backward passes that leave 1/m to a later step: the step that makes up for it may change an array in place.

Whether a pass is right is told by running it in NumPy, and holding what it ends with against ``backward()``.
"""

import numpy as np
import pytest

from autograd import Value, check_derivation, log, relu, sigmoid, softmax
from autograd import sum as total

RELU_NET = """
dZ2 = A2 - Y
dW2 = np.dot(dZ2, A1.T) / m
db2 = np.sum(dZ2, axis=1, keepdims=True) / m
dA1 = np.dot(W2.T, dZ2)
dZ1 = np.array(dA1, copy=True)
dZ1[Z1 <= 0] = 0
dW1 = np.dot(dZ1, X.T) / m
db1 = np.sum(dZ1, axis=1, keepdims=True) / m
"""
SOFTMAX = """
dscores = p.copy()
dscores[np.arange(m), y] -= 1
dW = X.T.dot(dscores)
dW /= m
dW += 2 * reg * W
"""
TWO_LAYERS = """
dscores = p.copy()
dscores[range(m), y] -= 1
dscores /= m
dW2 = np.dot(hidden.T, dscores)
dhidden = np.dot(dscores, W2.T)
dhidden[hidden <= 0] = 0
dW1 = np.dot(X.T, dhidden)
dW2 += 2 * reg * W2
dW1 += 2 * reg * W1
"""


def values(array):
    return [values(each) for each in array] if np.ndim(array) else Value(float(array))


def product(a, b):
    return [[total([x * y for x, y in zip(row, column, strict=True)]) for column in zip(*b, strict=True)] for row in a]


def numbers(tree):
    return np.array([numbers(each) for each in tree]) if isinstance(tree, list) else getattr(tree, "data", tree)


def gradients(tree):
    return np.array([gradients(each) for each in tree]) if isinstance(tree, list) else tree.grad


def each(function, tree):
    return [each(function, inner) for inner in tree] if isinstance(tree, list) else function(tree)


def squares(*matrices):
    return total([w * w for matrix in matrices for row in matrix for w in row])


def relu_net():
    rng = np.random.default_rng(3)
    X, W1, W2 = values(rng.normal(size=(2, 3))), values(rng.normal(size=(2, 2))), values(rng.normal(size=(1, 2)))
    b1, b2, Y, m = values(rng.normal(size=(2, 1))), values(rng.normal(size=(1, 1))), [[1.0, 0.0, 1.0]], 3
    Z1 = [[z + b[0] for z in row] for row, b in zip(product(W1, X), b1, strict=True)]
    A1 = each(relu, Z1)
    Z2 = [[z + b2[0][0] for z in row] for row in product(W2, A1)]
    A2 = each(sigmoid, Z2)
    losses = [-(t * log(a) + (1 - t) * log(1 - a)) for t, a in zip(Y[0], A2[0], strict=True)]
    J = total(losses) / m
    return {k: v for k, v in locals().items() if k not in ("rng", "losses")}


def softmax_regression():
    rng = np.random.default_rng(5)
    X, W, y, reg, m = values(rng.normal(size=(4, 3))), values(rng.normal(size=(3, 3))), [0, 2, 1, 1], 0.1, 4
    p = [softmax(row) for row in product(X, W)]
    J = total([-log(row[k]) for row, k in zip(p, y, strict=True)]) / m + reg * squares(W)
    return {k: v for k, v in locals().items() if k != "rng"}


def two_layers():
    rng = np.random.default_rng(7)
    X, W1, W2 = values(rng.normal(size=(4, 3))), values(rng.normal(size=(3, 3))), values(rng.normal(size=(3, 3)))
    y, reg, m = [0, 2, 1, 1], 0.1, 4
    hidden = each(relu, product(X, W1))
    p = [softmax(row) for row in product(hidden, W2)]
    J = total([-log(row[k]) for row, k in zip(p, y, strict=True)]) / m + reg * squares(W1, W2)
    return {k: v for k, v in locals().items() if k != "rng"}


def right_in_numpy(program, nodes):
    """Whether the arrays of weight gradients that the program ends with are those of the recorded graph."""
    names = {"np": np, **{name: numbers(tree) for name, tree in nodes.items()}}
    exec(program, names)
    nodes["J"].backward()
    weights = [name for name in nodes if name[0] in "Wb"]
    return all(np.allclose(names[f"d{name}"], gradients(nodes[name])) for name in weights if f"d{name}" in names)


CHANGED = [
    (relu_net, RELU_NET, "", ""),
    (relu_net, RELU_NET, "dZ1 = np.array(dA1, copy=True)\ndZ1[Z1 <= 0] = 0", "dZ1 = dA1 * (Z1 > 0)"),
    (relu_net, RELU_NET, "dZ1[Z1 <= 0] = 0", "dZ1[Z1 <= 0] = 1"),
    (relu_net, RELU_NET, "dW1 = np.dot(dZ1, X.T) / m", "dW1 = np.dot(dZ1, X.T)"),
    (relu_net, RELU_NET, "np.dot(dZ1, X.T) / m", "np.dot(dZ1, X.T)\ndW1 /= m"),
    (relu_net, RELU_NET, "np.dot(dZ1, X.T) / m", "np.dot(dZ1, X.T)\ndW1 = dW1 / m"),
    (relu_net, RELU_NET, "np.dot(dZ1, X.T) / m", "np.dot(dZ1, X.T)\ndW1 /= m * m"),
    (softmax_regression, SOFTMAX, "", ""),
    (softmax_regression, SOFTMAX, "dW /= m", "dW = dW / m"),
    (softmax_regression, SOFTMAX, "dW /= m\n", ""),
    (softmax_regression, SOFTMAX, "2 * reg", "reg"),
    (softmax_regression, SOFTMAX, "dW /= m\ndW += 2 * reg * W", "dW += 2 * reg * W\ndW /= m"),
    (two_layers, TWO_LAYERS, "", ""),
    (two_layers, TWO_LAYERS, "dhidden[hidden <= 0] = 0", "dhidden *= (hidden > 0)"),
    (two_layers, TWO_LAYERS, "dhidden[hidden <= 0] = 0", "dhidden = dhidden * (hidden > 0)"),
    (two_layers, TWO_LAYERS, "dhidden[hidden <= 0] = 0\n", ""),
    (two_layers, TWO_LAYERS, "dW1 += 2 * reg", "dW1 += reg"),
    (two_layers, TWO_LAYERS, "dscores /= m\n", ""),
]


@pytest.mark.parametrize(("graph", "program", "old", "new"), CHANGED)
def test_a_backward_pass_holds_exactly_if_numpy_ends_with_the_gradients(graph, program, old, new):
    assert old in program
    program, nodes = program.replace(old, new, 1), graph()
    report = check_derivation(program, nodes)
    assert not report.unread, str(report)
    assert bool(report) == right_in_numpy(program, nodes), str(report)


@pytest.mark.parametrize("slope", ["A1 * (1 - A1)", "W2.T", "(1 - A1**2)"])
def test_a_slip_on_the_way_leaves_the_lines_after_it_right_which_make_up_for_the_mean(slope):
    """dZ1 is wrong by its slope alone; dW1 and db1 do with it what they should, the division by m among it."""
    program = RELU_NET.replace("dZ1 = np.array(dA1, copy=True)\ndZ1[Z1 <= 0] = 0", f"dZ1 = dA1 * {slope}")
    report = check_derivation(program, relu_net())
    assert [line.number for line in report.lines if line.holds is False] == [6]
