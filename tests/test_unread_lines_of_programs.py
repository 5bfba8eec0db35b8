"""What a line of a program that is not read leaves behind: what builds on it is not judged, and the rest is.

The gradient of the mean cross-entropy of softmax(XW) + reg·ΣW²/2 is Xᵀ(p − onehot)/m + reg·W.
"""

import pytest

from autograd import Value, check_derivation, log, softmax
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
