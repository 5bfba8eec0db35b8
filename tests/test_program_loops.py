"""Backward passes over the layers and steps of a network: loops, lists of arrays, keys made of numbers, functions.

A page is run by NumPy on floats, and what it comes to is compared with central differences: so it is known to be right
or wrong without the engine, which then has to say the same of it.
"""

from itertools import pairwise

import numpy as np
import pytest

import autograd
from autograd import Value, check_derivation

SIZES = (3, 3, 2, 1)
EXAMPLES = 4


def _numbers(*shape):
    return np.round(np.random.default_rng(sum(shape)).uniform(-1, 1, shape), 2)


def leaves():
    found = {"X": _numbers(SIZES[0], EXAMPLES), "Y": _numbers(SIZES[-1], EXAMPLES + 1)[:, 1:]}
    for layer, (before, after) in enumerate(pairwise(SIZES), start=1):
        found[f"W{layer}"], found[f"b{layer}"] = _numbers(after, before), _numbers(after, 1)
    return found


def network(given, tanh):
    """All names of a network of three layers; its loss J is half the sum of the squared errors."""
    names = dict(given)
    names["A0"] = names["X"]
    for layer in (1, 2, 3):
        names[f"Z{layer}"] = names[f"W{layer}"] @ names[f"A{layer - 1}"] + names[f"b{layer}"]
        names[f"A{layer}"] = tanh(names[f"Z{layer}"]) if layer < 3 else names["Z3"]
    names["J"] = np.sum((names["A3"] - names["Y"]) ** 2) / 2
    names["W"], names["b"], names["z"] = ([names[f"{name}{layer}"] for layer in (1, 2, 3)] for name in "WbZ")
    names["a"] = [names[f"A{layer}"] for layer in range(4)]
    return names


def slope(name):
    """∂J by an array of weights, by central differences."""
    found = np.zeros_like(leaves()[name])
    for place in np.ndindex(found.shape):
        ends = []
        for step in (1e-5, -1e-5):
            moved = leaves()
            moved[name][place] += step
            ends.append(network(moved, np.tanh)["J"])
        found[place] = (ends[0] - ends[1]) / 2e-5
    return found


def _as_list(thing):
    if isinstance(thing, list):
        return [_as_list(each) for each in thing]
    return thing.tolist() if isinstance(thing, np.ndarray) else thing


def report_on(page, form):
    values = network(
        {name: np.frompyfunc(Value, 1, 1)(array) for name, array in leaves().items()},
        np.frompyfunc(autograd.tanh, 1, 1),
    )
    lists = ("X", "Y", "W", "b", "z", "a", "J")
    singles = [name for name in values if name not in ("W", "b", "z", "a")]
    nodes = {name: _as_list(values[name]) for name in (lists if form == "lists" else singles)}
    return check_derivation(f"```python\n{page}\n```", {**nodes, "L": 3})


def is_right(page):
    """Whether what the page comes to, run by NumPy, are the gradients by all weights."""
    names = {**network(leaves(), np.tanh), "np": np, "L": 3, "dW": [None] * 3, "db": [None] * 3, "grads": {}}
    names |= {"cache": names, "params": names}
    exec(page, names)
    found = {f"{name}{layer + 1}": names[f"d{name}"][layer] for name in "Wb" for layer in range(3)}
    for name in found:
        given = names["grads"].get(f"d{name}", names["grads"].get(name, names.get(f"d{name}")))
        found[name] = given if given is not None else found[name]
    return all(each is not None and np.allclose(each, slope(name), atol=1e-7) for name, each in found.items())


PASSES = {
    "lists, backwards": (
        "lists",
        """
dW, db = [None]*L, [None]*L
delta = a[3] - Y
for l in reversed(range(L)):
    dW[l] = delta @ a[l].T
    db[l] = delta.sum(axis=1, keepdims=True)
    if l > 0:
        delta = (W[l].T @ delta) * (1 - a[l]**2)
""",
        ("1 - a[l]**2", "1 - a[l]"),
    ),
    "a gradient of each layer's z": (
        "lists",
        """
dz = a[3] - Y
for l in range(L - 1, -1, -1):
    dW[l] = dz @ a[l].T
    db[l] = np.sum(dz, axis=1, keepdims=True)
    da = W[l].T @ dz
    dz = da * (1 - a[l]**2)
""",
        ("W[l].T @ dz", "-W[l].T @ dz"),
    ),
    "lists from the end": (
        "lists",
        """
dW = [np.zeros(w.shape) for w in W]
db = [np.zeros_like(bias) for bias in b]
delta = a[-1] - Y
db[-1] = delta.sum(1, keepdims=True)
dW[-1] = np.dot(delta, a[-2].transpose())
for l in range(2, L + 1):
    delta = np.dot(W[-l+1].transpose(), delta) * (1 - a[-l]**2)
    db[-l] = delta.sum(1, keepdims=True)
    dW[-l] = np.dot(delta, a[-l-1].transpose())
""",
        ("delta) * (1 - a[-l]**2)", "delta)"),
    ),
    "a list of errors": (
        "lists",
        """
deltas = [None]*L
deltas[2] = a[3] - Y
for l in range(L-2, -1, -1):
    deltas[l] = (W[l+1].T @ deltas[l+1]) * (1 - a[l+1]**2)
for l, d in enumerate(deltas):
    dW[l] = d @ a[l].T
    db[l] = np.sum(d, axis=1, keepdims=True)
""",
        ("dW[l] = d @ a[l].T", "dW[l] = 2*d @ a[l].T"),
    ),
    "keys of text and numbers": (
        "names",
        """
dZ = cache["A" + str(L)] - Y
for l in range(L, 0, -1):
    grads["dW" + str(l)] = np.dot(dZ, cache["A" + str(l-1)].T)
    grads["db" + str(l)] = np.sum(dZ, axis=1, keepdims=True)
    if l > 1:
        dA = np.dot(params["W" + str(l)].T, dZ)
        dZ = dA * (1 - np.power(cache["A" + str(l-1)], 2))
""",
        ('cache["A" + str(l-1)], 2', 'cache["A" + str(l-1)], 3'),
    ),
    "keys with numbers put in": (
        "names",
        """
dZ = A3 - Y
for l in [3, 2, 1]:
    grads[f"W{l}"] = dZ @ cache[f"A{l-1}"].T
    grads[f"b{l}"] = dZ.sum(axis=1, keepdims=True)
    dZ = (params[f"W{l}"].T @ dZ) * (1 - cache[f"A{l-1}"]**2)
""",
        ('grads[f"b{l}"] = dZ', 'grads[f"b{l}"] = -dZ'),
    ),
    "a function that returns several": (
        "names",
        """
def linear_backward(dZ, A, W):
    dW = dZ @ A.T
    db = dZ.sum(axis=1, keepdims=True)
    return W.T @ dZ, dW, db

dZ3 = A3 - Y
dA2, dW3, db3 = linear_backward(dZ3, A2, W3)
dA1, dW2, db2 = linear_backward(dA2 * (1 - A2**2), A1, W2)
_, dW1, db1 = linear_backward(dA1 * (1 - A1**2), X, W1)
""",
        ("dA1 * (1 - A1**2)", "dA1 * (1 + A1**2)"),
    ),
}
passes = pytest.mark.parametrize("name", PASSES)


@passes
def test_a_right_pass_over_the_layers_is_proved(name):
    form, page, _ = PASSES[name]
    assert is_right(page)
    report = report_on(page, form)
    assert report, str(report)
    assert sum(line.proved for line in report.lines) >= 6
    assert not report.unread


@passes
def test_a_slip_in_a_pass_over_the_layers_is_found(name):
    form, page, (right, slip) = PASSES[name]
    assert page.count(right) == 1
    wrong = page.replace(right, slip)
    assert not is_right(wrong)
    report = report_on(wrong, form)
    assert not report
    assert report.first_wrong is not None
    assert any(slip.split()[0] in line.claim or slip in line.claim for line in report.lines)


def test_sums_in_two_loops_are_added_up_item_by_item():
    page = """
dW3 = np.zeros((1, 2))
for i in range(X.shape[1]):
    for j in range(2):
        dW3[0][j] += (A3[0][i] - Y[0][i]) * A2[j][i]
"""
    report = report_on(page, "names")
    assert report
    assert report.lines[-1].entries == (2, 2)
    assert not report_on(page.replace("A2[j][i]", "A2[1][i]"), "names")


# Steps of time


def recurrence(given, tanh, exp, log):
    names = dict(given)
    hs, loss, ps = [names["h0"]], 0.0, []
    for t, target in enumerate(TARGETS):
        hs.append(tanh(names["Wxh"] @ names["xs"][t] + names["Whh"] @ hs[-1] + names["bh"]))
        odds = exp(names["Why"] @ hs[-1] + names["by"])
        total = odds[0, 0] + odds[1, 0]
        ps.append(np.array([[odds[0, 0] / total], [odds[1, 0] / total]]))
        loss = loss - log(ps[-1][target, 0])
    return {**names, "hs": hs, "ps": ps, "loss": loss, "targets": TARGETS, "inputs": [0] * len(TARGETS)}


TARGETS = [0, 1, 1]
STEPS = {
    "xs": _numbers(3, 2, 1),
    "h0": _numbers(2, 1),
    "Wxh": _numbers(2, 2),
    "Whh": _numbers(2, 2).T.copy(),
    "Why": _numbers(2, 3)[:, 1:],
    "bh": _numbers(2, 1) / 2,
    "by": _numbers(2, 1) / 4,
}
THROUGH_TIME = """
dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
dbh, dby = np.zeros_like(bh), np.zeros_like(by)
later = np.zeros_like(hs[0])
for t in reversed(range(len(inputs))):
    scores = np.copy(ps[t])
    scores[targets[t]] -= 1
    dWhy += np.dot(scores, hs[t+1].T)
    dby += scores
    state = np.dot(Why.T, scores) + later
    raw = (1 - hs[t+1]**2) * state
    dbh += raw
    dWxh += np.dot(raw, xs[t].T)
    dWhh += np.dot(raw, hs[t].T)
    later = np.dot(Whh.T, raw)
"""


def through_time(page):
    wrap = np.frompyfunc(Value, 1, 1)
    given = {name: wrap(array) for name, array in STEPS.items()}
    functions = [np.frompyfunc(getattr(autograd, name), 1, 1) for name in ("tanh", "exp")]
    names = recurrence(given, *functions, autograd.log)
    return check_derivation(f"```\n{page}\n```", {name: _as_list(each) for name, each in names.items()})


def test_a_pass_through_time_is_proved_and_one_that_forgets_the_later_steps_is_not():
    names = recurrence(STEPS, np.tanh, np.exp, np.log)
    exec(THROUGH_TIME, {"np": np}, names)
    for place in np.ndindex(2, 2):
        ends = []
        for step in (1e-5, -1e-5):
            moved = {name: array.copy() for name, array in STEPS.items()}
            moved["Whh"][place] += step
            ends.append(recurrence(moved, np.tanh, np.exp, np.log)["loss"])
        assert names["dWhh"][place] == pytest.approx((ends[0] - ends[1]) / 2e-5, abs=1e-7)
    assert through_time(THROUGH_TIME)
    report = through_time(THROUGH_TIME.replace("np.dot(Why.T, scores) + later", "np.dot(Why.T, scores)"))
    assert {line.claim.partition(" ")[0] for line in report.lines if line.holds is False} == {"dbh", "dWxh", "dWhh"}


# Rows that come up twice


def test_add_at_adds_as_often_as_a_row_comes_up_and_plus_equals_once():
    E, rows = [[Value(0.3), Value(-0.2)], [Value(0.7), Value(0.5)]], [0, 1, 0]
    e = [[2 * E[row][j] for j in range(2)] for row in rows]
    loss = sum((x * x for row in e for x in row), start=Value(0.0)) / 2
    nodes = {"E": E, "rows": rows, "e": e, "loss": loss}
    # ∂loss/∂E: NumPy's add.at puts 2e into each row as often as it stands in rows; += once.
    values = np.array([[x.data for x in row] for row in e])
    sums, once = np.zeros((2, 2)), np.zeros((2, 2))
    np.add.at(sums, rows, 2 * values)
    once[rows] += 2 * values
    expected = np.array([[8 * E[0][j].data for j in range(2)], [4 * E[1][j].data for j in range(2)]])
    assert np.allclose(sums, expected)
    assert not np.allclose(once, expected)
    begun = "```\nde = e\ndE = np.zeros_like(E)\n"
    assert check_derivation(begun + "np.add.at(dE, rows, 2*de)\n```", nodes)
    assert not check_derivation(begun + "dE[rows] += 2*de\n```", nodes)


# What is no formula


@pytest.mark.parametrize(
    "line",
    [
        *("dW3 = f'{A2}'", "dW3 = 'A2'", "dW3 = {1, 2}", "dW3 = lambda z: z", "dW3 = {k: 1 for k in A2}"),
        *("dW3 = []", "dW3.append(A2)", "dW3 += f'{A2}'", "dW3, db3 = cache", "for k in range(1):\n    dW3[k] = 'A2'"),
    ],
)
def test_a_gradient_that_is_given_no_formula_is_not_read(line):
    report = report_on(f"{line}\ndZ3 = A3 - Y", "names")
    assert [line.holds for line in report.lines] == [True]
    assert len(report.unread) == 1
    assert not report


@pytest.mark.parametrize(
    "line",
    [
        *("import numpy as np", "print(dZ3)", "np.save('file', A2)", "del A2", "class Net: pass", "device = 'cuda'"),
        *("J.backward()", "W3.grad = None", "assert dZ3.shape == Z3.shape", "data = load('file')", "W3.grad.zero_()"),
    ],
)
def test_what_states_nothing_of_a_gradient_is_listed_as_passed_over(line):
    report = report_on(f"{line}\ndZ3 = A3 - Y", "names")
    assert report, str(report)
    assert report.prose == (line,)


@pytest.mark.parametrize("line", ["dW3 = A2[::0]", "dW3 = np.sum(A2, axis=10**100)", "dW3 = np.eye(10**6) @ A2"])
def test_what_has_no_size_or_no_axis_is_not_read_and_the_other_lines_are(line):
    report = report_on(f"{line}\ndZ3 = A3 - Y", "names")
    assert [each.text for each in report.unread] == [line]
    assert [each.holds for each in report.lines] == [True]


def test_definitions_that_each_use_the_one_before_twice_are_worked_out_once():
    page = "s0 = A3*1\n" + "".join(f"s{k + 1} = 2*s{k} - s{k}\n" for k in range(40))
    assert report_on(f"{page}dZ3 = s40 - Y", "names")
    assert not report_on(f"{page}dZ3 = s40 + Y", "names")
