"""What programs call of NumPy has NumPy's value: held against NumPy itself, on arrays of all shapes that fit.

The name `out` is a node for each number that NumPy gives. A line that has the same numbers is equal to it "at this
point by coincidence", for the node is a leaf; a line that has others is wrong without.
"""

import math
import re

import numpy as np
import pytest

from autograd import Value, check_derivation, sigmoid

RANDOM = np.random.default_rng(4)
ARRAYS = {
    name: RANDOM.normal(size=size).round(3)
    for name, size in {"x": 3, "y": 3, "u": 2, "M": (2, 3), "P": (2, 3), "N": (3, 2), "S": (3, 3)}.items()
} | {"row": RANDOM.normal(size=(1, 3)).round(3), "B": RANDOM.normal(size=(2, 3, 2)).round(3)}
CALLS = """
np.einsum('ij,jk->ik', M, N)      np.einsum('ij,kj->ik', M, P)    np.einsum('ij->j', M)
np.einsum('ii->i', S)             np.einsum('ii', S)              np.einsum('i,j->ij', x, y)
np.einsum('i,i', x, y)            np.einsum('ij,j', M, x)         np.einsum('ij,jk,k->i', M, N, u)
np.einsum('i, ij -> ij', u, M)    np.einsum('ijk,kl->ijl', B, M)  np.einsum('ba', M)
np.heaviside(M, 0)                np.heaviside(M - M, 0.5)        np.diagonal(S)
np.trace(S)                       np.full((2, 3), 2.5) * M        np.full(3, x[0])
M[..., -1]                        M[0, ...]                       B[..., 0]
np.e ** x                         math.e ** x                     np.power(np.e, x)
np.atleast_2d(x)                  np.atleast_2d(x).T              np.atleast_2d(M)
np.inner(x, y)                    np.inner(M, P)                  np.inner(2, x)
np.vdot(x, y)                     np.concatenate([x, y])          np.concatenate((M, P), axis=1)
np.hstack((M, P))                 np.vstack((M, P))               np.vstack((x, y))
np.column_stack((x, y))           np.stack([x, y])                np.stack([x, y], axis=1)
np.broadcast_to(x, (2, 3))        np.broadcast_to(x, M.shape)     np.logical_and(M > 0, P > 0) * M
np.logical_or(M > 0, P > 0) * M   np.logical_not(M > 0) * P       np.greater(M, 0) * P
np.less(M, 0) * P                 np.greater_equal(M, P) * P      np.not_equal(M, 0) * P
np.nan_to_num(M)                  x[x > 0].sum()                  np.sum(M[M > 0])
B.transpose(0, 2, 1)              np.swapaxes(B, 0, 2)            B @ u
B @ M                             np.matmul(B, B.transpose(0, 2, 1))  M @ B.transpose(0, 1, 2)
sum(a * b for a, b in zip(x, y))  np.sum([a - b for a, b in zip(x, y)])  np.array([x[i] * M[0, i] for i in range(3)])
sum(M[i] * u[i] for i in range(2))  sum([M[i] for i in range(2)])  np.mean([a**2 for a in x])
np.array([[a * b for b in y] for a in u])   sum(M[i, j] * N[j, i] for i in range(2) for j in range(3))
sum(x[i] for i in range(3) if i != 1)  sum(S[k] @ x * x[k] for k in range(len(x)))
sum(x[i] * y[2 - i] for i in range(3))
np.transpose(B, (2, 0, 1))        np.diagflat(x) - np.outer(x, x)  np.eye(3) - np.outer(x, y)
np.where(M > 0, P, 0.1 * P)       np.sum(M, axis=-1)[:, None]     np.expand_dims(x, -1) * y
"""
SPLIT = re.split(r"  +|\n", CALLS.strip())


def values(array):
    return [values(each) for each in array] if np.ndim(array) else Value(float(array))


@pytest.mark.parametrize("call", SPLIT)
def test_a_call_has_the_value_that_numpy_gives_it(call):
    right = np.asarray(eval(call, {"np": np, "math": math} | ARRAYS), dtype=float)
    leaves = {name: values(array) for name, array in ARRAYS.items()}
    line = "out = " + call + "  # in np.float64"
    for out, fits in ((right, True), (right + 0.25, False)):
        report = check_derivation(line, leaves | {"out": values(out)})
        assert not report.unread, str(report)
        [found] = report.lines
        assert found.holds is False
        assert ("by coincidence" in found.remark) == fits, str(report)
    report = check_derivation(line, leaves | {"out": values(np.zeros((*right.shape, 7)))})
    assert report.lines[0].remark.startswith("wrong"), str(report)


@pytest.mark.parametrize(
    ("call", "why"),
    [
        ("np.einsum('ij,jk->ik', M, P)", "one letter of einsum"),
        ("np.einsum('ij->i', x)", "1 axes, and 2 letters"),
        ("np.concatenate([M, N])", "cannot be put together"),
        ("np.vstack((M, N))", "cannot be put together"),
        ("np.concatenate([x, y], axis=1)", "no axis 1"),
        ("B.transpose(0, 1, 1)", "has no axes"),
        ("np.broadcast_to(x, (3, 2))", "does not spread"),
        ("np.inner(x, u)", "different lengths"),
        ("B @ np.stack([S, S, S])", "the stacks differ"),
    ],
)
def test_shapes_that_do_not_fit_are_wrong_and_named(call, why):
    leaves = {name: values(array) for name, array in ARRAYS.items()} | {"out": Value(1.0)}
    [found] = check_derivation(f"out = {call}", leaves).lines
    assert found.holds is False
    assert why in found.remark


TORCH = {
    "M.gt(0).float() * P": "(M > 0) * P",
    "M.masked_fill(P <= 0, 0)": "np.where(P <= 0, 0, M)",
    "torch.cat((M, P), dim=1)": "np.hstack((M, P))",
    "x.expand(2, 3)": "np.stack([x, x])",
    "x.expand_as(M)": "np.stack([x, x])",
    "torch.diag_embed(x)": "np.diag(x)",
    "torch.einsum('ij,jk->ik', M, N)": "M @ N",
    "M.max(1, keepdim=True)[0]": "M.max(axis=1, keepdims=True)",
    "torch.bmm(B, B.transpose(1, 2))": "B @ np.swapaxes(B, 1, 2)",
    "torch.heaviside(M, torch.zeros_like(M))": "(M > 0) * 1.0",
}


@pytest.mark.parametrize("call", TORCH)
def test_a_call_of_pytorch_has_the_value_of_the_same_in_numpy(call):
    right = np.asarray(eval(TORCH[call], {"np": np} | ARRAYS), dtype=float)
    leaves = {name: values(array) for name, array in ARRAYS.items()} | {"out": values(right)}
    [found] = check_derivation(f"out = {call}  # of torch.float64", leaves).lines
    assert "by coincidence" in found.remark, found.remark


SLOPES = {
    "sigmoid_prime": lambda z: math.exp(-z) / (1 + math.exp(-z)) ** 2,
    "dtanh": lambda z: 1 / math.cosh(z) ** 2,
    "relu_derivative": lambda z: float(z > 0),
    "sigmoidGradient": lambda z: math.exp(-z) / (1 + math.exp(-z)) ** 2,
}


@pytest.mark.parametrize("name", SLOPES)
@pytest.mark.parametrize("page", ["out = {name}(z)", "out = {name}(z)  # in np.float64"])
def test_a_function_that_is_called_as_a_derivative_is_that_of_the_activation(name, page):
    for number in (0.7, -1.3):
        right = SLOPES[name](number)
        for out, fits in ((right, True), (right + 0.25, False)):
            report = check_derivation(page.format(name=name), {"z": Value(number), "out": Value(out)})
            [found] = report.lines
            assert ("by coincidence" in found.remark) == fits, str(report)


@pytest.mark.parametrize("line", ["dz = (a - y) * sigmoid_derivative(a)", "dJ/dz = (a - y) * sigmoid_prime(a)"])
def test_of_what_the_activation_gives_a_derivative_by_name_is_not_read(line):
    z, y = Value(0.3), Value(1.0)
    a = sigmoid(z)
    report = check_derivation(line, {"z": z, "a": a, "y": y, "J": (a - y) ** 2 / 2})
    assert not report.lines
    assert "sigmoid'(a) or a*(1 - a)" in report.unread[0].why


def test_a_loop_over_what_a_function_is_given_is_not_read_by_the_node_of_that_name():
    page = "def f(x):\n    return sum(x[i] for i in range(len(x)))\nout = f(y)"
    nodes = {"x": [Value(1.0)], "y": [Value(2.0), Value(3.0)], "out": Value(2.0)}
    report = check_derivation(page, nodes)
    assert not report.lines
    assert "cannot be told" in report.unread[0].why
