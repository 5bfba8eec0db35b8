"""check_derivation on the derivations that people know: the lecture's, Mazur's, CS231n's, and the slips in them."""

from random import Random

import pytest

from autograd import Value, check_derivation, dot, exp, sigmoid, tanh
from nn import squared_error


def names_of(line):
    return {mistake.name for mistake in line.mistakes}


# The lecture's ∂J/∂W¹


@pytest.fixture(scope="module")
def lecture():
    """Three layers of sigmoids, 3-4-2-1: W[i][j] leads from neuron i to neuron j of the next layer."""
    random = Random(5)
    W1, W2, W3 = (
        [[Value(random.uniform(-1, 1)) for _ in range(n_to)] for _ in range(n_from)]
        for n_from, n_to in ((3, 4), (4, 2), (2, 1))
    )
    x, a = [Value(0.9), Value(0.1), Value(0.5)], Value(1.0)
    y = [sigmoid(dot(column, x)) for column in zip(*W1, strict=True)]
    z = [sigmoid(dot(column, y)) for column in zip(*W2, strict=True)]
    [p] = [sigmoid(dot(column, z)) for column in zip(*W3, strict=True)]
    return {"W1": W1, "W2": W2, "W3": W3, "x": x, "y": y, "z": z, "p": p, "a": a, "J": squared_error(p, a)}


def through_z(j):
    return " + ".join(f"W3[{k}][0]*z[{k}]*(1 - z[{k}])*W2[{j}][{k}]" for k in range(2))


def through_y(j):
    return f"({through_z(j)})*y[{j}]*(1 - y[{j}])"


ALL_Y = f"({' + '.join(through_y(j) for j in range(4))})"
ALL_X = "(x[0] + x[1] + x[2])"


@pytest.mark.parametrize(("i", "j"), [(i, j) for i in range(3) for j in range(4)])
def test_the_lectures_derivative_mended_is_proved_for_every_weight(lecture, i, j):
    report = check_derivation(f"∂J/∂W1[{i}][{j}] = (p - a)*p*(1 - p)*{through_y(j)}*x[{i}]", lecture)
    assert report
    assert report.lines[0].proved


@pytest.mark.parametrize(
    ("claim", "detail"),
    [
        (f"(p - a)*p*(1 - p)*{through_y(2)}*{ALL_X}", "the sum of dJ/dW1[k][2] over all k"),
        (f"(p - a)*p*(1 - p)*{ALL_Y}*x[1]", "the sum of dJ/dW1[1][k] over all k"),
        (f"(p - a)*p*(1 - p)*{ALL_Y}*{ALL_X}", "the sum of dJ/dW1[i][k] over all i and k"),
    ],
    ids=["summed over x", "summed over y", "as printed"],
)
def test_each_slip_of_the_lectures_last_formula_is_refused_and_named(lecture, claim, detail):
    report = check_derivation(f"dJ/dW1[1][2] = {claim}", lecture)
    [line] = report.lines
    assert not report
    assert names_of(line) == {"sum where one term belongs"}
    assert detail in str(line.mistakes[0])
    assert line.correct == pytest.approx(gradient(lecture, "W1", 1, 2))


def gradient(nodes, matrix, i, j):
    nodes[matrix][i][j].grad = None
    nodes["J"].backward()
    return nodes[matrix][i][j].grad


def test_the_lecture_step_by_step_is_proved(lecture):
    report = check_derivation(
        """
        J = ½*(p - a)²
        ∂J/∂p = p - a
        ∂p/∂z[0] = p*(1 - p)*W3[0][0]            # through the sigmoid of the output
        ∂p/∂y[2] = ∂p/∂z[0]*∂z[0]/∂y[2] + ∂p/∂z[1]*∂z[1]/∂y[2]
        ∂z[1]/∂y[2] = z[1]*(1 − z[1])·W2[2][1]
        ∂y[2]/∂W1[1][2] = y[2]*(1 - y[2])*x[1]
        ∂J/∂W1[1][2] = ∂J/∂p × ∂p/∂y[2] × ∂y[2]/∂W1[1][2]
        """,
        lecture,
    )
    assert report
    assert all(line.proved for line in report.lines)


# Mazur


@pytest.fixture(scope="module")
def mazur():
    i1, i2, t1, t2 = map(Value, (0.05, 0.10, 0.01, 0.99))
    w1, w2, w3, w4, w5, w6, w7, w8 = map(Value, (0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55))
    b1, b2 = Value(0.35), Value(0.60)
    net_h1, net_h2 = w1 * i1 + w2 * i2 + b1, w3 * i1 + w4 * i2 + b1
    h1, h2 = sigmoid(net_h1), sigmoid(net_h2)
    net_o1, net_o2 = w5 * h1 + w6 * h2 + b2, w7 * h1 + w8 * h2 + b2
    o1, o2 = sigmoid(net_o1), sigmoid(net_o2)
    E1, E2 = 0.5 * (t1 - o1) ** 2, 0.5 * (t2 - o2) ** 2
    E = E1 + E2
    return locals()


MAZUR = """
net_h1 = w1*i1 + w2*i2 + b1*1 = 0.3775
h1 = 1/(1 + exp(-net_h1)) = 1/(1 + exp(-0.3775)) = 0.593269992
h2 = 0.596884378
net_o1 = w5*h1 + w6*h2 + b2*1 = 0.4*0.593269992 + 0.45*0.596884378 + 0.6*1 = 1.105905967
o1 = 1/(1 + exp(-net_o1)) = 1/(1 + exp(-1.105905967)) = 0.75136507
o2 = 0.772928465
E1 = 1/2*(t1 - o1)**2 = 1/2*(0.01 - 0.75136507)**2 = 0.274811083
E2 = 0.023560026
E = E1 + E2 = 0.274811083 + 0.023560026 = 0.298371109
dE/dw5 = dE/do1 * do1/dnet_o1 * dnet_o1/dw5
dE/do1 = 2*1/2*(t1 - o1)**(2 - 1)*-1 + 0
dE/do1 = -(t1 - o1) = -(0.01 - 0.75136507) = 0.74136507
do1/dnet_o1 = o1*(1 - o1) = 0.75136507*(1 - 0.75136507) = 0.186815602
dnet_o1/dw5 = 1*h1*w5**(1 - 1) + 0 + 0 = h1 = 0.593269992
dE/dw5 = 0.74136507*0.186815602*0.593269992 = 0.082167041
dE/dw5 = -(t1 - o1)*o1*(1 - o1)*h1
eta = 0.5
w5_new = w5 - eta*dE/dw5 = 0.4 - 0.5*0.082167041 = 0.35891648
w6_new = w6 - eta*dE/dw6 = 0.408666186
w7_new = w7 - eta*dE/dw7 = 0.511301270
w8_new = w8 - eta*dE/dw8 = 0.561370121
dE/dh1 = dE1/dh1 + dE2/dh1
dE1/dnet_o1 = dE1/do1*do1/dnet_o1 = 0.74136507*0.186815602 = 0.138498562
dnet_o1/dh1 = w5 = 0.40
dE1/dh1 = dE1/dnet_o1*dnet_o1/dh1 = 0.138498562*0.40 = 0.055399425
dE2/dh1 = -0.019049119
dE/dh1 = 0.055399425 + -0.019049119 = 0.036350306
dh1/dnet_h1 = h1*(1 - h1) = 0.59326999*(1 - 0.59326999) = 0.241300709
dnet_h1/dw1 = i1 = 0.05
dE/dw1 = dE/dh1*dh1/dnet_h1*dnet_h1/dw1 = 0.036350306*0.241300709*0.05 = 0.000438568
w1_new = w1 - eta*dE/dw1 = 0.15 - 0.5*0.000438568 = 0.149780716
w2_new = w2 - eta*dE/dw2 = 0.19956143
w3_new = w3 - eta*dE/dw3 = 0.24975114
w4_new = w4 - eta*dE/dw4 = 0.29950229
h1_new = sigmoid(w1_new*i1 + w2_new*i2 + b1)
h2_new = sigmoid(w3_new*i1 + w4_new*i2 + b1)
o1_new = sigmoid(w5_new*h1_new + w6_new*h2_new + b2)
o2_new = sigmoid(w7_new*h1_new + w8_new*h2_new + b2)
"""
TOTAL = "E_new = (t1 - o1_new)**2/2 + (t2 - o2_new)**2/2 = "


def test_mazurs_page_holds_with_his_rounded_numbers_and_the_right_total(mazur):
    report = check_derivation(MAZUR + TOTAL + "0.291027774", mazur)
    assert report, str(report)


def test_mazurs_published_total_is_refused_since_his_weights_were_already_updated(mazur):
    report = check_derivation(MAZUR + TOTAL + "0.291027924", mazur)
    assert report.first_wrong is report.lines[-1]
    assert names_of(report.lines[-1]) == {"weights already updated"}
    assert report.lines[-1].correct == pytest.approx(0.29102777369359933, rel=1e-14)


def test_mazurs_hidden_weight_from_updated_output_weights_is_named(mazur):
    updates = "\n".join(f"w{k}_new = w{k} - eta*dE/dw{k} = {new}" for k, new in UPDATED.items())
    report = check_derivation(f"eta = 0.5\n{updates}\nw1_new = w1 - eta*dE/dw1 = .14981763856120295", mazur)
    assert report.first_wrong is report.lines[-1]
    assert "weights already updated" in names_of(report.lines[-1])


UPDATED = {5: 0.3589164797178846, 6: 0.4086661860762334, 7: 0.5113012702387375, 8: 0.5613701211079891}


def test_mazurs_gradient_by_one_output_alone_misses_a_branch(mazur):
    report = check_derivation("dE/dw1 = 6.68396e-4\ndE/dw1 = 4.38568e-4", mazur)
    wrong, right = report.lines
    assert wrong.verdict == "paths left out"
    assert wrong.evidence == "one path of two; the path via net_o2 is left out"
    assert "branch missing" in names_of(wrong)
    assert right.holds


def test_a_number_passes_to_the_digits_given_and_no_further(mazur):
    assert check_derivation("dE/dw5 = 0.082167041", mazur)
    assert not check_derivation("dE/dw5 = 0.082167141", mazur)


# CS231n


def test_the_sigmoid_circuit_of_cs231n_holds_gate_by_gate():
    w, x = [Value(2.0), Value(-3.0), Value(-3.0)], [Value(-1.0), Value(-2.0)]
    s = w[0] * x[0] + w[1] * x[1] + w[2]
    e = exp(-s)
    f = 1 / (1 + e)
    report = check_derivation(
        """
        s = w[0]*x[0] + w[1]*x[1] + w[2] = 1.00
        e = 0.37
        f = 1/(1 + e) = 0.73
        df/de = -1/(1 + e)**2 = -0.53
        df/ds = -df/de*e = (1 - f)*f = (1 - 0.73)*0.73 = 0.2
        df/dw[0] = df/ds*x[0] = -0.20
        df/dw[1] = x[1]*df/ds = -0.39
        df/dw[2] = 0.20
        df/dx[0] = w[0]*df/ds = 0.39
        df/dx[1] = -0.59
        """,
        locals(),
    )
    assert report, str(report)


# Conformance N


def test_the_missing_half_of_trasks_error_is_a_factor_of_two():
    x, w = [Value(8.5), Value(0.65), Value(1.2)], [Value(0.1), Value(0.2), Value(-0.1)]
    J = squared_error(dot(w, x), 1.0)
    report = check_derivation("dJ/dw[0] = -2.38\ndJ/dw[1] = -.182\ndJ/dw[2] = -.336\ndJ/dw[0] = -1.19", locals())
    assert [names_of(line) for line in report.lines] == [{"factor 2"}, {"factor 2"}, {"factor 2"}, set()]
    assert report.lines[-1].holds


@pytest.mark.parametrize(("activation", "claim"), [(sigmoid, "n*(1 - n)"), (tanh, "1 - n**2")], ids=["sigmoid", "tanh"])
def test_a_slope_taken_at_the_input_is_named(activation, claim):
    n = Value(0.4)
    y = activation(n)
    [line] = check_derivation(f"dy/dn = {claim}", {"n": n, "y": y}).lines
    assert names_of(line) == {"activation's derivative at the input"}


def test_a_right_gradient_with_its_rounding_passes(lecture):
    exact = gradient(lecture, "W1", 0, 0)
    for rounded in (exact * (1 + 1e-13), f"{exact:.6e}", f"{exact:.3g}"):
        assert check_derivation({"dJ/dW1[0][0]": rounded}, lecture)
