"""Names that a program may have for a gradient: each is judged, or said not to be checked, and never waved through.

J is Σ(z2 − y)²/6 of a net with one hidden layer of tanh; the right line is Xᵀ dZ1, the wrong one twice that.
"""

import pytest
from test_updates_of_programs import matrix, times

from autograd import check_derivation, tanh
from autograd import sum as total


@pytest.fixture(scope="module")
def nodes():
    X, W1, W2, Y = matrix(3, 2, 1), matrix(2, 2, -1), matrix(2, 1, 2), matrix(3, 1, 0)
    Z1 = times(X, W1)
    A1 = [[tanh(z) for z in row] for row in Z1]
    Z2 = times(A1, W2)
    J = total([(z[0] - y[0]) ** 2 for z, y in zip(Z2, Y, strict=True)]) / 6
    return {"X": X, "W1": W1, "W2": W2, "Y": Y, "m": 3, "Z1": Z1, "A1": A1, "Z2": Z2, "J": J}


BEFORE = "dZ2 = (Z2 - Y)/m\ndZ1 = dZ2 @ W2.T * (1 - A1**2)\n"
NAMES = [
    *("dW1", "d_W1", "dw1", "grad_W1", "grad_w1", "gradW1", "W1_grad", "W1grad", "w1_grad", "nabla_W1", "nabla_w1"),
    *("dJdW1", "dJ_dW1", "dJ_dw1", "dLdW1", "dLdw1", "dLoss_dW1", "W1.grad", "grads['dW1']", "grads['W1']"),
    *("grads['w1']", "self.dW1", "gW1", "g_W1", "gw1", "W1_g", "W1_delta", "delta_W1", "deltaW1", "W1_d", "W1_bar"),
    *("W1bar", "DW1", "D_W1"),
]


@pytest.mark.parametrize("name", NAMES)
def test_a_gradient_by_any_name_is_judged(nodes, name):
    right = check_derivation(f"{BEFORE}{name} = X.T @ dZ1", nodes)
    assert right, str(right)
    assert right.lines[-1].verdict == "proved"
    wrong = check_derivation(f"{BEFORE}{name} = X.T @ dZ1 * 2", nodes)
    assert not wrong, str(wrong)
    assert wrong.lines[-1].number == 3
    assert not wrong.lines[-1].holds


@pytest.mark.parametrize("name", ["dtheta1", "d_weights1", "weights1_grad", "g1", "W1_update", "step"])
def test_what_is_made_of_gradients_and_used_by_nothing_is_not_waved_through(nodes, name):
    report = check_derivation(f"{BEFORE}{name} = X.T @ dZ1 * 2", nodes)
    assert not report
    assert report.lines[-1].verdict == "no effect"
    assert f"defines {name}" in report.lines[-1].remark


@pytest.mark.parametrize("name", ["params.W1.grad", "w1.grad", "dW[1]"])
def test_what_leads_to_no_node_is_not_read(nodes, name):
    report = check_derivation(f"{BEFORE}{name} = X.T @ dZ1 * 2", nodes)
    assert [each.number for each in report.unread] == [3], str(report)


@pytest.mark.parametrize(
    "line",
    [
        "g1 = X.T @ dZ1\ndW1 = g1",
        "W1_new = W1 - 0.1 * X.T @ dZ1",
        "grad_norm = np.sqrt(np.sum(dZ1**2))",
        "A = X @ W1",
        "diff = np.abs(dZ1 - Z1.grad).max()",
    ],
)
def test_what_is_used_or_is_no_gradient_is_a_definition(nodes, line):
    report = check_derivation(BEFORE + line, nodes)
    assert report, str(report)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("W1 <- W1 - 0.1 * X.T @ dZ2", "write ="),
        ("A1 = np.tril(Z1)", "tril is no function that is read"),
        ("A1 = torch.nn.functional.gelu(Z1)", "gelu is no function that is read"),
    ],
)
def test_mathematics_that_is_not_read_is_not_passed_over(nodes, line, why):
    [unread] = check_derivation(BEFORE + line, nodes).unread
    assert why in unread.why


def test_copyto_gives_an_array_other_numbers(nodes):
    text = BEFORE + "dW1 = np.zeros_like(W1)\nnp.copyto(dW1, X.T @ dZ1)"
    assert check_derivation(text, nodes)
    assert not check_derivation(text + "\ndW1 *= 2", nodes)
