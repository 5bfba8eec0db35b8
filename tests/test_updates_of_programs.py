"""Updates of weights in programs: each is a step against the gradient, or a wrong line.

Which steps are, is known beforehand: those made from the gradients that reverse mode gives, worked out by hand below.
"""

import pytest

from autograd import Value, check_derivation, sigmoid, tanh
from autograd import sum as total


def matrix(rows, columns, start):
    return [
        [Value(round(0.37 * (i + start) - 0.51 * j + 0.11 * i * j, 3)) for j in range(columns)] for i in range(rows)
    ]


def times(A, B):
    return [[total([x * y for x, y in zip(row, column, strict=True)]) for column in zip(*B, strict=True)] for row in A]


@pytest.fixture(scope="module")
def nodes():
    X, W1, W2, Y = matrix(3, 2, 1), matrix(2, 2, -1), matrix(2, 1, 2), matrix(3, 1, 0)
    b1 = [Value(0.1), Value(-0.2)]
    Z1 = [[z + b for z, b in zip(row, b1, strict=True)] for row in times(X, W1)]
    A1 = [[tanh(z) for z in row] for row in Z1]
    Z2 = times(A1, W2)
    J = total([(z[0] - y[0]) ** 2 for z, y in zip(Z2, Y, strict=True)]) / 6
    return {
        "X": X,
        "W1": W1,
        "b1": b1,
        "W2": W2,
        "Y": Y,
        "m": 3,
        "lr": 0.1,
        "Z1": Z1,
        "A1": A1,
        "Z2": Z2,
        "J": J,
    }


GRADIENTS = """dZ2 = (Z2 - Y)/m
dW2 = A1.T @ dZ2
dZ1 = dZ2 @ W2.T * (1 - A1**2)
dW1 = X.T @ dZ1
"""
STEPS = """W1 -= lr * dW1
W1 = W1 - lr * dW1
W1 -= lr * X.T @ dZ1
W1 -= 0.1 * X.T @ (dZ2 @ W2.T * (1 - A1**2))
W2 -= lr * A1.T @ (Z2 - Y) * 7
W2 = W2 - lr/m * A1.T @ (Z2 - Y)
W2 += lr * A1.T @ (Y - Z2)
W2 += -lr * dW2
b1 -= lr * dZ1.sum(axis=0)
W2 -= lr * (dW2 + 0.01 * W2)
W2 -= lr * dW2 / np.linalg.norm(dW2)
W2 -= lr * np.clip(dW2, -5, 5)
W2 -= lr * 0.01 * W2
X -= X.mean(axis=0)
params['W1'] -= lr * grads['dW1']
self.W1 -= self.lr * self.dW1
W1.data -= lr * W1.grad
for p in [W1, W2]: p.data -= lr * p.grad
for p, d in [(W1, dW1), (W2, dW2)]: p -= lr * d""".splitlines()


@pytest.mark.parametrize("step", STEPS)
def test_a_step_against_the_gradient_is_right(nodes, step):
    report = check_derivation(GRADIENTS + step, nodes)
    assert report, str(report)
    assert not report.unread


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ("W1 -= lr * X.T @ (dZ2 @ W2.T)", "no multiple of dJ/dW1"),
        ("W1 -= lr * X.T @ (dZ2 @ W2.T * A1 * (1 - A1))", "no multiple of dJ/dW1"),
        ("W1 -= lr * dW1.T", "no multiple of dJ/dW1"),
        ("W1 -= lr * X.T @ dZ1 * 2 + 1", "no multiple of dJ/dW1"),
        ("b1 -= lr * dZ1.sum(axis=1)[:2]", "no multiple of dJ/db1"),
    ],
)
def test_any_other_step_is_wrong_and_says_so(nodes, step, why):
    report = check_derivation(GRADIENTS + step, nodes)
    assert [line.number for line in report.lines if not line.holds] == [5], str(report)
    assert why in report.lines[-1].remark


@pytest.mark.parametrize(
    "step",
    [
        "W1 += lr * dW1",
        "W2 = W2 + lr * dW2",
        "W1.data += lr * W1.grad",
        "W2 -= lr * A1.T @ (Y - Z2)",
        "W2 += lr * A1.T @ (Z2 - Y)",
        "grad_W2 = A1.T @ dZ2\nW2 += lr * grad_W2",
    ],
)
def test_a_step_along_the_gradient_is_right_as_arithmetic_and_is_said_to_go_up(nodes, step):
    report = check_derivation(GRADIENTS + step, nodes)
    assert report, str(report)
    name = step.rpartition("\n")[2][:2]
    assert [note.partition(" J grows")[0] for note in report.lines[-1].notes] == [
        f"this step goes up: along dJ/d{name}"
    ]


@pytest.mark.parametrize(
    "page",
    [
        "error = a - y\nw += 0.1*error*x",
        "delta = a - y\nw += 0.1*delta*x",
        "error = y - a\nw -= 0.1*error*x",
        "error = 3*(a - y)\nw += 0.1*error*x",
    ],
)
def test_a_step_by_an_error_of_the_other_sign_is_wrong(page):
    w, x, y = Value(0.4), Value(1.5), Value(0.7)
    a = w * x
    J = (a - y) ** 2 / 2
    report = check_derivation(page, {"w": w, "x": x, "y": y, "a": a, "J": J})
    assert report.first_wrong.number == 2
    assert "this step goes up" in report.first_wrong.remark


TRASK = """l2_error = y - l2
l2_delta = l2_error * l2 * (1 - l2)
l1_error = l2_delta.dot(syn1.T)
l1_delta = l1_error * l1 * (1 - l1)
syn1 += l1.T.dot(l2_delta)
syn0 += X.T.dot(l1_delta)"""


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("", "", []),
        ("l2 * (1 - l2)", "l2 * (1 + l2)", [5, 6]),
        ("l1_error * l1 * (1 - l1)", "l1_error", [6]),
        ("y - l2", "l2 - y", [5, 6]),
        ("X.T.dot(l1_delta)", "X.T.dot(l1_error)", [6]),
    ],
)
def test_a_page_of_updates_alone_is_held_against_the_gradient(old, new, wrong):
    X, syn0, syn1, y = matrix(4, 3, 0), matrix(3, 4, -1), matrix(4, 1, 1), matrix(4, 1, 2)
    l1 = [[sigmoid(z) for z in row] for row in times(X, syn0)]
    l2 = [[sigmoid(z) for z in row] for row in times(l1, syn1)]
    E = total([(a[0] - b[0]) ** 2 for a, b in zip(y, l2, strict=True)]) / 2
    nodes = {"X": X, "y": y, "syn0": syn0, "syn1": syn1, "l1": l1, "l2": l2, "E": E}
    report = check_derivation(TRASK.replace(old, new) if old else TRASK, nodes)
    assert [line.number for line in report.lines if line.verdict == "wrong"] == wrong, str(report)
    assert bool(report) == (not wrong)


def test_what_grows_by_a_step_may_be_wanted(nodes):
    w, x = Value(0.4, "w"), Value(1.5, "x")
    reward = -((w * x - 1) ** 2)
    report = check_derivation("w += 0.1 * -2*(w*x - 1)*x", {"w": w, "x": x, "reward": reward})
    assert [line.verdict for line in report.lines] == ["defined"]
    assert "reward grows" in report.lines[0].notes[0]
    by_error = check_derivation("error = 2*(w*x - 1)\nw -= 0.1*error*x", {"w": w, "x": x, "reward": reward})
    assert [line.verdict for line in by_error.lines] == ["defined", "not checked"]


def test_a_step_that_makes_nobody_knows_what_smaller_is_not_read(nodes):
    w, x = Value(0.4, "w"), Value(1.5, "x")
    h = w * x
    several = {"w": w, "x": x, "h": h, "p": h * 2, "q": h * 3}
    [unread] = check_derivation("w -= 0.1 * h * x", several).unread
    assert "output=" in unread.why
    assert not check_derivation("w -= 0.1 * h * x", several, output=several["p"])
    assert check_derivation("w -= 0.1 * x", several, output=several["p"])
    assert check_derivation("dp_dw = 2*x\nw -= 0.1 * dp_dw", several)
