"""The right line of a wrong one: as short as the book's, in the page's notation, and right when it is read again."""

from random import Random

import pytest

from autograd import Value, check_derivation, dot, formula, log, sigmoid, softmax, softplus, sqrt, tanh
from autograd import sum as total


def logistic():
    x, w, b, y = map(Value, (1.5, 0.8, -0.3, 1.0))
    z = w * x + b
    a = sigmoid(z)
    L = -(y * log(a) + (1 - y) * log(1 - a))
    return {"x": x, "w": w, "b": b, "y": y, "z": z, "a": a, "L": L}


def from_logits():
    z, y = Value(0.7), Value(1.0)
    return {"z": z, "y": y, "a": sigmoid(z), "L": softplus(z) - y * z}


def classifier():
    x, W = [Value(0.7), Value(-1.2)], [[Value(0.3), Value(-0.1), Value(0.4)], [Value(0.6), Value(0.2), Value(-0.5)]]
    z = [dot(x, column) for column in zip(*W, strict=True)]
    p, t = softmax(z), [Value(0.0), Value(1.0), Value(0.0)]
    L = -total([t[k] * log(p[k]) for k in range(3)])
    return {"x": x, "W": W, "z": z, "p": p, "t": t, "L": L}


def batch():
    random = Random(0)
    X, W = ([[Value(random.gauss(0, 1)) for _ in range(2)] for _ in range(n)] for n in (3, 2))
    Y = [[Value(float(i == j % 2)) for i in range(2)] for j in range(3)]
    Z = [[x[0] * W[0][j] + x[1] * W[1][j] for j in range(2)] for x in X]
    A = [[sigmoid(z) for z in row] for row in Z]
    J = (
        -total(
            [
                y * log(a) + (1 - y) * log(1 - a)
                for row, ys in zip(A, Y, strict=True)
                for a, y in zip(row, ys, strict=True)
            ]
        )
        / 3
    )
    return {"X": X, "W": W, "Y": Y, "Z": Z, "A": A, "J": J}


def attention():
    random = Random(1)
    Q, K, V = ([[Value(random.gauss(0, 1)) for _ in range(2)] for _ in range(3)] for _ in range(3))
    S = [[(q[0] * k[0] + q[1] * k[1]) / 2**0.5 for k in K] for q in Q]
    A = [softmax(row) for row in S]
    O = [[total([A[i][j] * V[j][d] for j in range(3)]) for d in range(2)] for i in range(3)]
    L = total([o * o for row in O for o in row]) / 2
    return {"Q": Q, "K": K, "V": V, "S": S, "A": A, "O": O, "L": L}


def two_layers():
    x, w1, w2, t = map(Value, (1.5, 0.8, -0.4, 1.0))
    h = tanh(w1 * x)
    y_hat = sigmoid(w2 * h)
    return {"x": x, "w1": w1, "w2": w2, "t": t, "h": h, "y_hat": y_hat, "L": (t - y_hat) ** 2 / 2}


def normalized():
    x, mu, var, gamma = map(Value, (1.5, 0.2, 0.8, 1.3))
    s = sqrt(var + 1e-5)
    return {"x": x, "mu": mu, "var": var, "gamma": gamma, "s": s, "u": gamma * (x - mu) / s}


LINES = [
    (logistic, "dL/dz = y - a", "dL/dz = a - y"),
    (logistic, "dL/dw = (y - a)*x", "dL/dw = x*(a - y)"),
    (logistic, "dL/da = y/a", "dL/da = (a - y)/(a*(1 - a))"),
    (logistic, r"$\frac{\partial L}{\partial z} = y - a$", r"\frac{\partial L}{\partial z} = a - y"),
    (from_logits, "dL/dz = a + y", "dL/dz = a - y"),
    (classifier, "dL/dz[0] = t[0] - p[0]", "dL/dz[0] = p[0] - t[0]"),
    (classifier, "dp[0]/dz[1] = p[0]*p[1]", "dp[0]/dz[1] = -p[0]*p[1]"),
    (classifier, "dp[0]/dz[0] = p[0]", "dp[0]/dz[0] = p[0]*(1 - p[0])"),
    (classifier, "dL/dz_i = t_i - p_i", "dL/dz_i = p_i - t_i"),
    (classifier, "dL/dz[i] = t[i] - p[i] for all i", "dL/dz[i] = p[i] - t[i]"),
    (classifier, "∂p_j/∂z_i = p_i p_j for i ≠ j", "∂p_j/∂z_i = -p_i*p_j, for j ≠ i"),
    (classifier, "∂p_i/∂z_j = p_i(1 - p_j)", "∂p_i/∂z_j = -p_i*p_j, for i ≠ j"),
    (classifier, "dL/dW_ij = p_j x_i", "dL/dW_ij = x_i*(p_j - t_j)"),
    (
        classifier,
        r"$\frac{\partial L}{\partial z_i} = t_i - p_i$",
        r"\frac{\partial L}{\partial z_i} = p_{i} - t_{i}",
    ),
    (batch, "dZ = (Y - A)/3", "dZ = (A - Y)/3"),
    (batch, "dW = X.T @ dZ / 3", "dW = X.T @ dZ"),
    (batch, "dX = W.T @ dZ.T", None),
    (attention, "∂S_ij/∂Q_ik = K_jk", "∂S_ij/∂Q_ik = K_jk/sqrt(2)"),
    (attention, "∂S[0][1]/∂Q[0][0] = K[1][0]", "∂S[0][1]/∂Q[0][0] = K[1][0]/sqrt(2)"),
    (attention, "dQ = dS @ K", "dQ = dS @ K/sqrt(2)"),
    (attention, "dS = A * dA", "dS = A*(dA - (A * dA).sum(axis=1, keepdims=True))"),
    (attention, "dL/dV_jd = A_ij dL/dO_id", "dL/dV_jd = Σ_k(A_kj*O_kd)"),
    (
        attention,
        r"$\frac{\partial S_{ij}}{\partial Q_{ik}} = K_{jk}$",
        r"\frac{\partial S_{ij}}{\partial Q_{ik}} = \frac{K_{jk}}{\sqrt{2}}",
    ),
    (
        two_layers,
        r"$\frac{\partial L}{\partial w_2} = (t - \hat y)\,\hat y(1 - \hat y)\,h$",
        r"\frac{\partial L}{\partial w_2} = h \hat y \left(1 - \hat y\right) \left(\hat y - t\right)",
    ),
    (normalized, "du/dx = gamma", "du/dx = gamma/s"),
]


@pytest.mark.parametrize(("network", "wrong", "right"), LINES, ids=[wrong for _, wrong, _ in LINES])
def test_the_right_line_is_the_books_in_the_notation_of_the_page(network, wrong, right):
    nodes = network()
    [line] = check_derivation(wrong, nodes).lines
    assert not line.holds
    if right is not None:
        assert line.correct_formula.removesuffix(", for t[0] + t[1] + t[2] = 1") == right


@pytest.mark.parametrize(("network", "right"), [(n, right) for n, _, right in LINES if right is not None])
def test_the_right_line_is_right_when_it_is_read(network, right):
    [line] = check_derivation(f"${right}$" if "\\" in right else right, network()).lines
    assert line.holds


def lstm():
    random = Random(3)
    names = ("x", "h", "c", "wf", "uf", "wi", "ui", "wo", "uo", "wg", "ug")
    n = {name: Value(random.gauss(0, 1)) for name in names}
    n["f"], n["i"], n["o"] = (sigmoid(n[f"w{gate}"] * n["x"] + n[f"u{gate}"] * n["h"]) for gate in "fio")
    n["g"] = tanh(n["wg"] * n["x"] + n["ug"] * n["h"])
    n["c_new"] = n["f"] * n["c"] + n["i"] * n["g"]
    n["h_new"] = n["o"] * tanh(n["c_new"])
    n["t"] = Value(0.3)
    n["L"] = (n["h_new"] - n["t"]) ** 2 / 2
    return n


def batch_norm():
    random = Random(4)
    x, t = ([Value(random.gauss(0, 1)) for _ in range(4)] for _ in range(2))
    gamma, beta = Value(1.2), Value(0.3)
    mu = total(x) / 4
    var = total([(each - mu) ** 2 for each in x]) / 4
    s = sqrt(var + 1e-5)
    xhat = [(each - mu) / s for each in x]
    y = [gamma * each + beta for each in xhat]
    L = total([(a - b) ** 2 for a, b in zip(y, t, strict=True)]) / 2
    return {"x": x, "t": t, "gamma": gamma, "beta": beta, "mu": mu, "var": var, "s": s, "xhat": xhat, "y": y, "L": L}


def paths(tree, path):
    return (
        [path]
        if isinstance(tree, Value)
        else [found for k, part in enumerate(tree) for found in paths(part, f"{path}[{k}]")]
    )


@pytest.mark.parametrize("network", [lstm, batch_norm, logistic, classifier, two_layers])
def test_every_right_line_of_a_network_holds_when_it_is_read_again(network):
    nodes = network()
    names = [path for key, tree in nodes.items() for path in paths(tree, key) if path != "L"]
    report = check_derivation("\n".join(f"dL/d{name} = 12.375" for name in names), nodes)
    right = "\n".join(line.correct_formula.partition(", for ")[0] for line in report.lines)
    assert len(report.failures) == len(names)
    assert [line.claim for line in check_derivation(right, nodes).lines if not line.holds] == []


def test_numbers_alone_make_no_right_line_with_letters():
    # Here z[0] = z[1], so that the formula of one entry gives the numbers of the other, and is no formula for it.
    a, b = Value(0.5), Value(0.5)
    y = [a * a, 2 * b]
    [line] = check_derivation("dy_i/du_i = 5", {"u": [a, b], "y": y}).lines
    assert line.correct_formula.startswith("dy[0]/du[0] = ")


def test_a_formula_with_nodes_kept_is_as_short():
    nodes = logistic()
    for name in ("a", "y", "x", "w", "z"):
        nodes[name].name = name
    found = formula(nodes["L"], nodes["w"], keep=[nodes["a"]])
    assert str(found) == "x*(a - y)"
    p = softmax(z := [Value(v, f"z{k}") for k, v in enumerate((0.5, -0.3, 1.2))])
    for k, node in enumerate(p):
        node.name = f"p{k}"
    assert str(formula(p[0], z[1], keep=p)) == "-p0*p1"
    assert str(formula(p[0], z[0], keep=p)) == "p0*(1 - p0)"
