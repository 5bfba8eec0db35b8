"""A list of nodes in mathematics is a column: the hidden layer of a net with one output, as everybody writes it."""

import pytest

from autograd import Value, check_derivation, dot, sigmoid


def one_output():
    """A hidden layer of two and one output: dL/dz1 = W2[0]·(a2 − y) ⊙ a1(1 − a1), by the chain rule."""
    W1, x = [[Value(0.3), Value(-0.4)], [Value(0.5), Value(0.2)]], [Value(0.7), Value(-1.1)]
    W2, y = [[Value(0.6), Value(-0.8)]], Value(1.0)
    z1 = [dot(row, x) for row in W1]
    a1 = [sigmoid(z) for z in z1]
    z2 = dot(W2[0], a1)
    a2 = sigmoid(z2)
    return {"W1": W1, "x": x, "W2": W2, "y": y, "z1": z1, "a1": a1, "z2": z2, "a2": a2, "L": (a2 - y) ** 2 / 2}


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        (r"$\frac{\partial L}{\partial z_1} = W_2^T \frac{\partial L}{\partial z_2} \odot \sigma'(z_1)$", True),
        (r"$\frac{\partial L}{\partial z_1} = W_2^T \frac{\partial L}{\partial z_2} \odot \sigma(z_1)$", False),
        (r"$\frac{\partial L}{\partial z_1} = \sigma'(z_1) \odot W_2^T \frac{\partial L}{\partial z_2}$", True),
        (
            r"$\frac{\partial L}{\partial W_1} = W_2^T \frac{\partial L}{\partial z_2} \odot \sigma'(z_1) \cdot x^T$",
            True,
        ),
        (
            r"$\frac{\partial L}{\partial W_1} = W_2^T \frac{\partial L}{\partial z_2} \odot \sigma'(z_1) \cdot a_1^T$",
            False,
        ),
        ("dz1 = W2.T * dz2 * a1 * (1 - a1)", False),  # in NumPy (2, 1) times (2,) is (2, 2)
    ],
)
def test_a_list_is_a_column_where_a_column_stands_beside_it_save_in_code(claim, holds):
    report = check_derivation(claim, one_output())
    assert not report.unread, str(report)
    assert bool(report) == holds, str(report)
