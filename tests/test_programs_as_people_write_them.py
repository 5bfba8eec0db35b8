"""Backward passes as courses, notebooks and libraries write them: right as they stand, and wrong with a slip in them.

Each is written for the nets below in the notation of its kind; the lines that a slip makes wrong are found by hand.
"""

from types import SimpleNamespace

import pytest
from test_updates_of_programs import matrix, times

from autograd import Value, check_derivation, exp, log, maximum, relu, sigmoid, softmax
from autograd import sum as total


def over(function, A):
    return [[function(x) for x in row] for row in A]


def turned(A):
    return [list(row) for row in zip(*A, strict=True)]


def in_columns():
    """A batch in columns, relu and a sigmoid, and the mean of the cross-entropy."""
    X, W1, W2, b1, b2 = matrix(2, 3, 1), matrix(2, 2, -1), matrix(1, 2, 2), matrix(2, 1, 1), matrix(1, 1, 0)
    Y = [[Value(1.0), Value(0.0), Value(1.0)]]
    Z1 = [[z + b[0] for z in row] for row, b in zip(times(W1, X), b1, strict=True)]
    A1 = over(relu, Z1)
    Z2 = [[z + b2[0][0] for z in row] for row in times(W2, A1)]
    A2 = over(sigmoid, Z2)
    J = -total([y * log(a) + (1 - y) * log(1 - a) for y, a in zip(Y[0], A2[0], strict=True)]) / 3
    return {
        "X": X,
        "W1": W1,
        "b1": b1,
        "W2": W2,
        "b2": b2,
        "Y": Y,
        "Z1": Z1,
        "A1": A1,
        "Z2": Z2,
        "A2": A2,
        "J": J,
        "m": 3,
    }


def attention():
    Q, K, V, G = matrix(3, 2, 0), matrix(3, 2, 1), matrix(3, 2, -1), matrix(3, 2, 2)
    S = over(lambda x: x / 2**0.5, times(Q, turned(K)))
    P = [softmax(row) for row in S]
    O = times(P, V)
    L = total([a * b for row, other in zip(O, G, strict=True) for a, b in zip(row, other, strict=True)])
    return {"Q": Q, "K": K, "V": V, "G": G, "S": S, "P": P, "O": O, "L": L, "d": 2}


def scores():
    """The cross-entropy of a softmax, operation by operation."""
    h, W2, Yb = matrix(3, 2, 0), matrix(2, 4, -1), [2, 0, 3]
    logits = times(h, W2)
    largest = []
    for first, *others in logits:
        for other in others:
            first = maximum(first, other)
        largest.append([first])
    norm_logits = [[x - top for x in row] for row, [top] in zip(logits, largest, strict=True)]
    counts = over(exp, norm_logits)
    counts_sum = [[total(row)] for row in counts]
    counts_sum_inv = over(lambda x: x**-1, counts_sum)
    probs = [[x * inverse for x in row] for row, [inverse] in zip(counts, counts_sum_inv, strict=True)]
    logprobs = over(log, probs)
    loss = -total([row[k] for row, k in zip(logprobs, Yb, strict=True)]) / 3
    named = {
        "h": h,
        "W2": W2,
        "Yb": Yb,
        "n": 3,
        "logits": logits,
        "logit_maxes": largest,
        "norm_logits": norm_logits,
        "counts": counts,
    }
    return named | {
        "counts_sum": counts_sum,
        "counts_sum_inv": counts_sum_inv,
        "probs": probs,
        "logprobs": logprobs,
        "loss": loss,
    }


def one_example():
    x, target = [Value(0.5), Value(-0.2), Value(0.1)], Value(0.6)
    w_in, w_out = matrix(3, 2, 0), [Value(0.1), Value(-0.3)]
    hidden = [sigmoid(total([a * b for a, b in zip(x, column, strict=True)])) for column in turned(w_in)]
    output = sigmoid(total([a * b for a, b in zip(hidden, w_out, strict=True)]))
    E = (target - output) ** 2 / 2
    names = {"weights_input_hidden": w_in, "weights_hidden_output": w_out, "hidden_layer_output": hidden}
    return {"x": x, "target": target, "output": output, "E": E, "learnrate": 0.5} | names


PROGRAMS = {
    "a course, layer by layer with a cache": (
        in_columns,
        """def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    dW = np.dot(dZ, A_prev.T) / m
    db = np.sum(dZ, axis=1, keepdims=True) / m
    dA_prev = np.dot(W.T, dZ)
    assert dA_prev.shape == A_prev.shape
    return dA_prev, dW, db

def relu_backward(dA, activation_cache):
    Z = activation_cache
    dZ = np.array(dA, copy=True)
    dZ[Z <= 0] = 0
    return dZ

dZ2 = A2 - Y
dA1, dW2, db2 = linear_backward(dZ2, (A1, W2, b2))
dZ1 = relu_backward(dA1, Z1)
dA0, dW1, db1 = linear_backward(dZ1, (X, W1, b1))""",
        {"Z <= 0": ("Z >= 0", {18}), "dZ, A_prev.T) / m": ("dZ, A_prev.T)", {17, 19}), "A2 - Y": ("Y - A2", {16})},
    ),
    "attention": (
        attention,
        """dO = G
dV = P.T @ dO
dP = dO @ V.T
dS = P * (dP - np.sum(P * dP, axis=-1, keepdims=True))
dQ = dS @ K / np.sqrt(d)
dK = dS.T @ Q / np.sqrt(d)""",
        {"dS.T @ Q": ("dS @ Q", {6}), "P * (dP": ("(dP", {4}), "axis=-1": ("axis=0", {4}), "K / np": ("K * np", {5})},
    ),
    "attention in einsum": (
        attention,
        """dO = G
dV = np.einsum('ij,ik->jk', P, dO)
dP = np.einsum('ik,jk->ij', dO, V)
dS = P * (dP - np.einsum('ij,ij->i', P, dP)[:, None])
dQ = np.einsum('ij,jk->ik', dS, K) / np.sqrt(d)
dK = np.einsum('ij,ik->jk', dS, Q) / np.sqrt(d)""",
        {"'ij,ik->jk', P": ("'ji,ik->jk', P", {2}), "[:, None]": ("[None, :]", {4}), "->jk', dS": ("->kj', dS", {6})},
    ),
    "a notebook of PyTorch, operation by operation": (
        scores,
        """dlogprobs = torch.zeros_like(logprobs)
dlogprobs[range(n), Yb] = -1.0/n
dprobs = (1.0 / probs) * dlogprobs
dcounts_sum_inv = (counts * dprobs).sum(1, keepdim=True)
dcounts = counts_sum_inv * dprobs
dcounts_sum = (-counts_sum**-2) * dcounts_sum_inv
dcounts += torch.ones_like(counts) * dcounts_sum
dnorm_logits = counts * dcounts
dlogits = dnorm_logits.clone()
dlogit_maxes = (-dnorm_logits).sum(1, keepdim=True)
dlogits += F.one_hot(logits.max(1).indices, num_classes=logits.shape[1]) * dlogit_maxes
dh = dlogits @ W2.T
dW2 = h.T @ dlogits""",
        {"= -1.0/n": ("= -1.0", {2}), "-counts_sum**": ("counts_sum**", {6}), "= h.T @": ("= h.T @ -", {13})},
    ),
    "a course, error terms and steps": (
        one_example,
        """error = target - output
output_error_term = error * output * (1 - output)
hidden_error = np.dot(output_error_term, weights_hidden_output)
hidden_error_term = hidden_error * hidden_layer_output * (1 - hidden_layer_output)
weights_hidden_output += learnrate * output_error_term * hidden_layer_output
weights_input_hidden += learnrate * hidden_error_term * x[:, None]""",
        {
            "= target - output": ("= output - target", {5, 6}),
            "output * (1 - output)": ("output", {5, 6}),
            "* x[:, None]": ("* x[:, None]**2", {6}),
            "* (1 - hidden_layer_output)": ("", {6}),
        },
    ),
}
CASES = [
    pytest.param(SimpleNamespace(nodes=nodes, text=text, old=old, new=new, wrong=wrong), id=f"{name}: {new}")
    for name, (nodes, text, slips) in PROGRAMS.items()
    for old, (new, wrong) in {"": ("", set()), **slips}.items()
]


@pytest.mark.parametrize("case", CASES)
def test_a_program_has_the_verdicts_that_the_slip_in_it_calls_for(case):
    assert case.old in case.text
    report = check_derivation(case.text.replace(case.old, case.new, 1) if case.old else case.text, case.nodes())
    assert not report.unread, str(report)
    found = {line.number for line in report.lines if line.verdict in ("wrong", "paths left out")}
    assert case.wrong <= found, str(report)
    assert bool(found) == bool(case.wrong)
    assert bool(report) == (not case.wrong), str(report)
