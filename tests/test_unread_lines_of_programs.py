"""What a line of a program that is not read leaves behind: what builds on it is not judged, and the rest is.

The gradient of the mean cross-entropy of softmax(XW) + reg·ΣW²/2 is Xᵀ(p − onehot)/m + reg·W.
"""

import pytest

from autograd import Value, check_derivation, log, relu, sigmoid, softmax
from autograd import sum as total


@pytest.fixture
def nodes():
    X = [[Value(0.3 * i - 0.4 * j + 0.1) for j in range(2)] for i in range(4)]
    W = [[Value(0.2 * i - 0.3 * j + 0.05) for j in range(3)] for i in range(2)]
    y, m, reg = [0, 2, 1, 1], 4, 0.1
    p = [softmax([total([x * W[k][j] for k, x in enumerate(row)]) for j in range(3)]) for row in X]
    loss = total([-log(row[k]) for row, k in zip(p, y, strict=True)]) / m
    loss = loss + 0.5 * reg * total([w * w for row in W for w in row])
    return {"X": X, "W": W, "y": y, "m": m, "reg": reg, "p": p, "loss": loss}


LOOP = """
dW = np.zeros_like(W)
for i in range(4):
    for j in range(3):
        if j == y[i]:
            dW[:, j] += (p[i, j] - 1) * X[i]
        else:
            dW[:, j] += p[i, j] * X[i]
dW /= m
dW += reg * W
"""


@pytest.mark.parametrize(
    ("old", "new", "holds"), [("", "", True), ("- 1)", "+ 1)", False), ("j == y", "j != y", False)]
)
def test_a_condition_on_the_classes_is_decided_in_each_turn(nodes, old, new, holds):
    report = check_derivation(LOOP.replace(old, new, 1), nodes)
    assert not report.unread, str(report)
    assert bool(report) == holds, str(report)


@pytest.mark.parametrize("first", ["", "dW = np.zeros_like(W)\n"])
def test_what_builds_on_a_line_that_is_not_read_is_not_judged(nodes, first):
    text = f"{first}while wrong(p):\n    dW += X.T @ p\ndW = dW / m\ndW += reg * W\nloss = 2"
    report = check_derivation(text, nodes)
    start = first.count("\n")
    assert [each.number - start for each in report.unread] == [1, 3, 4]
    assert all(f"line {start + 1} makes of it" in each.why for each in report.unread[1:])
    assert [line.number - start for line in report.lines if line.holds is False] == [5]


def test_a_name_that_gets_another_value_is_known_again(nodes):
    text = "if p.any():\n    e = p\nd = e * 2\ne = p - 0\ne[range(4), y] -= 1\ndW = X.T @ e / m + reg * W"
    report = check_derivation(text, nodes)
    assert [each.number for each in report.unread] == [1, 3]
    assert [line.holds for line in report.lines if line.number == 6] == [True]


def test_a_gradient_that_another_line_uses_is_the_true_one(nodes):
    text = "dp = mystery(p)\ndW = X.T @ e\ne = p\ndX = dp @ W.T"
    assert 4 not in [each.number for each in check_derivation(text, nodes).unread]


@pytest.mark.parametrize(("unread", "wrong"), [("dW = mystery(X.T @ ds)", False), ("dW = X.T @ p / m + reg * W", True)])
def test_what_a_line_that_is_not_read_may_make_up_for_is_not_wrong(nodes, unread, wrong):
    s = [[total([x * nodes["W"][k][j] for k, x in enumerate(row)]) for j in range(3)] for row in nodes["X"]]
    nodes |= {"s": s, "p": [softmax(row) for row in s]}
    nodes["loss"] = total([-log(row[k]) for row, k in zip(nodes["p"], nodes["y"], strict=True)]) / 4
    report = check_derivation(f"ds = p.copy()\nds[range(4), y] -= 1\n{unread}", nodes)
    assert not report
    assert any(line.holds is False and line.number == 2 for line in report.lines) == wrong, str(report)


@pytest.fixture
def net():
    """A net over a batch of three in columns, whose backward pass leaves 1/m to the gradients of the weights."""
    X = [[Value(0.4 * i - 0.3 * j + 0.2) for j in range(3)] for i in range(2)]
    W1 = [[Value(0.5 - 0.7 * i + 0.2 * j) for j in range(2)] for i in range(2)]
    W2 = [[Value(0.3), Value(-0.6)]]
    Y = [[Value(1.0), Value(0.0), Value(1.0)]]
    Z1 = [[total([w * X[k][j] for k, w in enumerate(row)]) for j in range(3)] for row in W1]
    A1 = [[relu(z) for z in row] for row in Z1]
    A2 = [[sigmoid(total([w * A1[k][j] for k, w in enumerate(W2[0])])) for j in range(3)]]
    J = -total([y * log(a) + (1 - y) * log(1 - a) for y, a in zip(Y[0], A2[0], strict=True)]) / 3
    Z2 = [[a.parents[0] for a in A2[0]]]
    return {"X": X, "W1": W1, "W2": W2, "Y": Y, "m": 3, "Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2, "J": J}


BACKWARD = """dZ2 = A2 - Y
dW2 = np.dot(dZ2, A1.T) / m
dA1 = np.dot(W2.T, dZ2)
dZ1 = relu_backward(dA1, cache)
dW1 = np.dot(dZ1, X.T) / m"""


@pytest.mark.parametrize("call", ["relu_backward(dA1, cache)", "np.multiply(dA1, elu_prime(Z1))", "mystery * dA1"])
@pytest.mark.parametrize(("last", "holds"), [(" / m", True), (" / m * 2", False), (" / m / m", False)])
def test_a_line_makes_up_for_the_mean_of_a_gradient_that_is_not_read(net, call, last, holds):
    report = check_derivation(BACKWARD.replace("relu_backward(dA1, cache)", call).removesuffix(" / m") + last, net)
    assert [each.number for each in report.unread][-1:] == [4], str(report)
    lines = {line.number: line.holds for line in report.lines}
    assert lines[5] == holds, str(report)
    assert [lines[1], lines[2]] == [True, True]
    assert not report


def test_a_gradient_that_two_unread_lines_take_on_is_made_up_for(net):
    text = BACKWARD.replace("dA1 = np.dot(W2.T, dZ2)", "dA1 = affine_backward(dZ2, cache)")
    report = check_derivation(text, net)
    assert [each.number for each in report.unread] == [3, 4], str(report)
    assert all(line.holds for line in report.lines)


def test_what_a_line_that_names_no_gradient_may_give_m_times_is_not_judged(net):
    report = check_derivation("dZ2 = loss_backward(cache)\ndW2 = dZ2 @ A1.T / m\ndA1 = W2.T @ dZ2", net)
    assert [each.number for each in report.unread] == [1, 2], str(report)
    assert "line 1, which is not read, gives 3 times dJ/dZ2" in report.unread[1].why
    assert [line.holds for line in report.lines] == [True]


def test_the_mean_is_taken_once(net):
    text = "dZ2 = (A2 - Y) / m\ndA1 = W2.T @ dZ2\ndZ1 = relu_backward(dA1, Z1)\ndW1 = dZ1 @ X.T / m"
    report = check_derivation(text, net)
    assert [line.number for line in report.lines if not line.holds] == [4], str(report)


COURSE = '''def relu_backward(dA, cache):
    """The backward pass of one relu."""
    Z = cache
    dZ = np.array(dA, copy=True)  # a copy
    dZ[Z <= 0] = 0
    assert dZ.shape == Z.shape
    return dZ
'''
WAYS = [
    COURSE,
    "def relu_backward(dA, Z):\n    dA *= Z > 0\n    return dA\n",
    "def relu_backward(dA, Z):\n    g = np.zeros_like(Z)\n    g[Z > 0] = 1\n    return dA * g\n",
    "def relu_backward(dA, cache):\n    dx, x = None, cache\n    dx = dA * (x > 0)\n    return dx\n",
    "def relu_backward(dA, Z):\n    off = Z <= 0\n    dA[off] = 0\n    return dA\n",
    "def relu_backward(dA, Z, off=0):\n    if off:\n        return dA\n    else:\n        return dA * (Z > 0)\n",
    "relu_backward = lambda dA, Z: dA * np.heaviside(Z, 0)\n",
]


@pytest.mark.parametrize("definition", WAYS)
@pytest.mark.parametrize(("old", "new"), [("", ""), ("<=", ">="), ("> 0", "< 0"), ("(Z, 0)", "(-Z, 0)")])
def test_a_function_of_the_page_is_read_where_it_is_called(net, definition, old, new):
    text = definition + BACKWARD.replace("cache)", "Z1)")
    changed = text.replace(old, new)
    report = check_derivation(changed, net)
    assert not report.unread, str(report)
    assert bool(report) == (changed == text), str(report)
