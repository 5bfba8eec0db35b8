"""The right formula of a wrong line is as the book has it: worked out by hand below."""

import pytest

from autograd import Value, check_derivation, exp, log, tanh
from autograd import sum as total


def batch(classes):
    """A softmax with cross-entropy, as a mean over three examples."""
    Z = [[Value(round(0.3 * i - 0.5 * j + 0.2 * i * j + 0.1, 2)) for j in range(classes)] for i in range(3)]
    Y = [[Value(float(j == i % classes)) for j in range(classes)] for i in range(3)]
    rows = [[exp(z) for z in row] for row in Z]
    P = [[e / total(row) for e in row] for row in rows]
    J = -total([y * log(p) for ys, ps in zip(Y, P, strict=True) for y, p in zip(ys, ps, strict=True)]) / 3
    return {"Z": Z, "Y": Y, "P": P, "J": J}


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize(
    ("claim", "right"),
    [
        ("dJ/dZ = P - Y", "dJ/dZ = (P - Y)/3"),
        ("dZ = P - Y", "dZ = (P - Y)/3"),
        ("dJ/dZ[0][0] = P[0][0] - Y[0][0]", "dJ/dZ[0][0] = (P[0][0] - Y[0][0])/3"),
        (
            r"\frac{\partial J}{\partial Z_{11}} = P_{11} - Y_{11}",
            r"\frac{\partial J}{\partial Z_{11}} = \frac{P_{11} - Y_{11}}{3}",
        ),
    ],
)
def test_of_a_batch_of_softmax_and_cross_entropy_it_is_p_minus_y_over_m(classes, claim, right):
    [line] = check_derivation(claim, batch(classes)).lines
    ones = " + ".join(f"Y[0][{j}]" for j in range(classes))
    assert line.correct_formula == f"{right}, for {ones} = 1"
    assert [mistake.name for mistake in line.mistakes] == ["1/m missing"]


@pytest.mark.parametrize(
    ("claim", "right"),
    [
        ("dL/dy = y - t/3", "dL/dy = 2*(y - t)"),
        ("dM/dx = r - t", "dM/dx = (r - t)*(w1*w2*(1 - h**2) + 1)"),
        ("dQ/dy = y + t", "dQ/dy = (y - t)/3"),
    ],
)
def test_a_common_factor_stands_outside(claim, right):
    y, t, x, w1, w2 = Value(0.4), Value(0.9), Value(0.5), Value(0.3), Value(-0.7)
    h = tanh(w1 * x)
    r = x + w2 * h
    nodes = {"y": y, "t": t, "x": x, "w1": w1, "w2": w2, "h": h, "r": r}
    nodes |= {"L": (y - t) ** 2, "M": (r - t) ** 2 / 2, "Q": (y - t) ** 2 / 6}
    [line] = check_derivation(claim, nodes).lines
    assert line.correct_formula == right


@pytest.fixture
def weight_with_penalty():
    """J = ½(v h − a)² + ½ λ w² of h = tanh(w x): w has a path of its own to J beside that by h."""
    x, w, v, a, lam = Value(0.7), Value(0.4), Value(0.3), Value(1.0), Value(0.1)
    h = tanh(w * x)
    p = v * h
    return {"x": x, "w": w, "v": v, "a": a, "lam": lam, "h": h, "p": p, "J": (p - a) ** 2 / 2 + lam * w**2 / 2}


def test_a_line_by_the_chain_rule_is_mended_by_the_chain_rule(weight_with_penalty):
    [line] = check_derivation("dJ/dw = dJ/dh*(1 - h**2)*x + 2*lam*w", weight_with_penalty).lines
    assert line.correct_formula == "dJ/dw = dJ/dh*x*(1 - h**2) + lam*w"
    [line] = check_derivation("dJ/dp = 2*dJ/dh/v", weight_with_penalty).lines
    assert line.correct_formula == "dJ/dp = p - a"


def test_a_name_with_a_number_and_a_greek_letter_stay_as_the_page_spells_them():
    lam, W1 = Value(0.1), [Value(0.4), Value(-0.2)]
    nodes = {"lam": lam, "W1": W1, "J": lam * (W1[0] ** 2 + W1[1] ** 2) / 2}
    [line] = check_derivation(r"$\frac{\partial J}{\partial W1_i} = 2 \lambda W1_i$", nodes).lines
    assert line.correct_formula == r"\frac{\partial J}{\partial W1_i} = W1_{i} \lambda"
