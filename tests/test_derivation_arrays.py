"""Derivations given as arrays: whole gradients of NumPy's, beside nested lists of Values; slips planted in NumPy."""

import itertools

import numpy as np
import pytest

from autograd import Value, check_derivation, dot, exp, log, mean, relu, sum, tanh  # noqa: A004

RANDOM = np.random.default_rng(3)
BATCH, INPUTS, HIDDEN, OUTPUTS = 5, 3, 4, 2


def values(array):
    return Value(float(array)) if array.ndim == 0 else [values(part) for part in array]


x, y = RANDOM.normal(size=(BATCH, INPUTS)), RANDOM.normal(size=(BATCH, OUTPUTS))
w1, b1 = RANDOM.normal(size=(INPUTS, HIDDEN)), RANDOM.normal(size=HIDDEN)
w2 = RANDOM.normal(size=(HIDDEN, OUTPUTS))
# The backward pass by hand, in arrays, of J = mean over the batch of Σ (p − y)².
a1 = np.tanh(x @ w1 + b1)
p = a1 @ w2 + a1[:, :OUTPUTS]
dP = 2 * (p - y) / BATCH
dW2 = a1.T @ dP
dA1 = dP @ w2.T + np.pad(dP, ((0, 0), (0, HIDDEN - OUTPUTS)))
dZ1 = dA1 * (1 - a1**2)
dW1, db1 = x.T @ dZ1, dZ1.sum(axis=0)
RIGHT = {"W1": dW1, "b1": db1, "W2": dW2, "Z1": dZ1, "A1": dA1, "P": dP}

X, W1, B1, W2 = values(x), values(w1), values(b1), values(w2)
Z1 = [[dot([row[j] for row in W1], example, B1[j]) for j in range(HIDDEN)] for example in X]
A1 = [[tanh(z) for z in row] for row in Z1]
P = [[dot([row[k] for row in W2], a) + a[k] for k in range(OUTPUTS)] for a in A1]
J = mean([sum([(q - t) ** 2 for q, t in zip(row, ts, strict=True)]) for row, ts in zip(P, y, strict=True)])
NODES = {"X": X, "W1": W1, "b1": B1, "W2": W2, "Z1": Z1, "A1": A1, "P": P, "J": J}


def check(claims, **options):
    return check_derivation(claims, NODES, output=J, **options)


def only(claims, **options):
    [line] = check(claims, **options).lines
    return line


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("spelled", ["{}", "d{}", "dJ/d{}", "∂J/∂{}"])
def test_a_right_array_holds_in_one_line_whatever_spells_its_name(name, spelled):
    line = only({spelled.format(name): RIGHT[name]})
    assert line.holds
    assert line.entries == (RIGHT[name].size, RIGHT[name].size)
    assert line.claimed is line.correct is None


@pytest.mark.parametrize(
    "made", [np.ndarray.tolist, lambda a: tuple(map(tuple, a)), lambda a: a.astype(np.float32), np.asfortranarray]
)
def test_arrays_come_as_lists_tuples_and_in_single_precision_too(made):
    assert only({"W1": made(dW1)}).holds


def test_an_array_beside_numbers_and_formulas_keeps_its_place():
    report = check({W1[0][0]: float(dW1[0, 0]), "W2": dW2, "dJ/dP[0][0]": "2*(P[0][0] - y)/5", "b1": -db1})
    assert [(line.number, line.holds) for line in report.lines] == [(1, True), (2, True), (4, False)]
    assert [each.number for each in report.unread] == [3]


def test_axes_of_length_1_make_no_difference():
    assert only({"b1": db1[None, :]}).holds


def test_an_exact_array_is_said_to_be_exact():
    b = [Value(2.0), Value(-3.0)]
    output = b[0] * b[0] + 4 * b[1]
    [line] = check_derivation({"b": np.array([4.0, 4.0])}, {"b": b, "L": output}, output=output).lines
    assert line.remark == "here, exact, 2 of 2 entries"


@pytest.mark.parametrize(
    ("dtype", "off", "holds"),
    [(float, 5e-10, True), (float, 5e-9, False), (np.float32, 5e-6, True), (np.float32, 5e-5, False)],
)
def test_entries_may_be_off_by_the_precision_of_the_array_relative_to_its_largest(dtype, off, holds):
    claimed = dW1.copy()
    claimed[1, 2] += off * np.abs(dW1).max()
    assert only({"W1": claimed.astype(dtype)}).holds is holds


def test_what_is_only_a_little_off_is_said_to_be_close_and_gets_no_mistake():
    claimed = dW1.copy()
    claimed[1, 2] += 1e-6
    line = only({"W1": claimed})
    assert not line.holds
    assert line.entries == (11, 12)
    assert (line.claimed, line.correct) == (claimed[1, 2], pytest.approx(dW1[1, 2], rel=1e-12))
    assert "at [1][2]: close, within" in line.remark
    assert line.mistakes == ()
    assert only({"W1": claimed}, tolerance=1e-5).holds


one_example = x[:1].T @ dZ1[:1]
SLIPS = {
    "transposed": ({"W2": dW2.T}, "transposed indices", "rows and columns"),
    "the other sign": ({"W1": -dW1}, "sign", "the other sign"),
    "1/m left out": ({"W1": BATCH * dW1}, "1/m missing", "it is 5 times dJ/dW1: 1/5 is missing, the mean over 5"),
    "1/m twice": ({"b1": db1 / BATCH}, "1/m twice", "divided by 5 once more"),
    "twice": ({"A1": 2 * dA1}, "factor 2", "it is twice dJ/dA1"),
    "half": ({"A1": dA1 / 2}, "factor 1/2", "it is half of dJ/dA1"),
    "not summed": ({"b1": dZ1}, "summed over the wrong axis", "along axis 0 are still to be added up"),
    "summed to one": ({"b1": np.full(HIDDEN, db1.sum())}, "summed over the wrong axis", "added up along axis 0"),
    "the wrong axis": ({"b1": dZ1.sum(axis=1)}, "summed over the wrong axis", "shape (5,) where b1 has (4,)"),
    "one example": ({"W1": one_example}, "one example only", "only term 1 of the 5 of the loss is kept"),
    "one example, times m": ({"W1": BATCH * one_example}, "one example only", "only term 1 of the 5"),
    "one example missing": ({"W1": dW1 - one_example}, "a term of the loss missing", "term 1 of the 5"),
    "no slope of tanh": ({"W1": x.T @ dA1}, "activation's derivative left out", "of tanh at A1 is left out"),
    "a row missing": ({"P": dP[:-1]}, "shape", "shape (4, 2) where P has (5, 2)"),
}


@pytest.mark.parametrize(("claims", "name", "detail"), SLIPS.values(), ids=SLIPS)
def test_a_slip_in_an_array_is_named(claims, name, detail):
    line = only(claims)
    assert not line.holds
    assert [mistake.name for mistake in line.mistakes] == [name]
    assert detail in line.mistakes[0]


@pytest.mark.parametrize(
    ("made", "claimed", "name"),
    [
        (lambda terms: sum(terms), 1 / 4, "mean where a sum belongs"),
        (lambda terms: sum(terms) / 4, 1 / 4, "1/m twice"),
        (lambda terms: sum(terms) / 4, 4, "1/m missing"),
        (lambda terms: terms[0] + terms[1] + terms[2] + terms[3], 1 / 4, "mean where a sum belongs"),
        (lambda terms: (terms[0] + terms[1] + terms[2] + terms[3]) / 8, 4, "1/m missing"),
        (lambda terms: 0.25 * sum(terms), 4, "1/m missing"),
        (mean, 4, "1/m missing"),
        (lambda terms: sum(terms), 4, None),
    ],
)
def test_a_factor_of_the_number_of_terms_is_a_mean_where_the_loss_is_one(made, claimed, name):
    b = values(np.array([0.5, -0.25]))
    loss = made([(b[0] * k + b[1]) ** 2 for k in range(4)])
    loss.backward()
    [line] = check_derivation({"b": [claimed * x.grad for x in b]}, {"b": b, "L": loss}, output=loss).lines
    assert [mistake.name for mistake in line.mistakes] == [name] * (name is not None)


# A loss with several terms for each example: (1/2m) Σᵢ Σⱼ (Z2ᵢⱼ − Yᵢⱼ)², with m = 4 examples and 2 outputs

several = np.random.default_rng(7)
inputs, first, targets = several.normal(size=(4, 3)), several.normal(size=(3, 5)), several.normal(size=(4, 2))
second, bias = several.normal(size=(5, 2)), several.normal(size=2)
hidden = np.tanh(inputs @ first)
dZ2_ = (hidden @ second + bias - targets) / 4
dhidden = dZ2_ @ second.T
dfirst = inputs.T @ (dhidden * (1 - hidden**2))


@pytest.mark.parametrize(
    ("claims", "name", "detail"),
    [
        ({"V": 4 * dfirst}, "1/m missing", "it is 4 times dJ/dV: 1/4 is missing, the mean over 4"),
        ({"H": 4 * dhidden}, "1/m missing", "the mean over 4"),
        ({"Z2": 4 * dZ2_}, "1/m missing", "the mean over 4"),
        ({"b": dZ2_.sum(0) / 4}, "1/m twice", "divided by 4 once more"),
        ({"b": dZ2_[0]}, "one example only", "only example 1 of 4 is kept"),
        ({"b": 4 * dZ2_[2]}, "one example only", "only example 3 of 4 is kept"),
        ({"b": dZ2_[:3].sum(0)}, "a term of the loss missing", "example 4 of 4 is left out"),
        ({"b": dZ2_.sum(1)}, "summed over the wrong axis", "dJ/dZ2 added up along axis 1, where axis 0 is meant"),
    ],
)
def test_a_slip_in_a_batch_is_told_by_its_examples(claims, name, detail):
    V, H_bias = values(first), values(bias)
    X, W2 = values(inputs), values(second.T)
    H = [[tanh(dot(row, column)) for column in zip(*V, strict=True)] for row in X]
    Z2 = [[dot(row, W2[j], bias_j) for j, bias_j in enumerate(H_bias)] for row in H]
    wanted = targets.ravel().tolist()
    J = sum([(z - y) ** 2 for z, y in zip(itertools.chain(*Z2), wanted, strict=True)]) / 8
    nodes = {"X": X, "V": V, "H": H, "W2": W2, "b": H_bias, "Z2": Z2, "J": J}
    [line] = check_derivation(claims, nodes, output=J).lines
    assert [mistake.name for mistake in line.mistakes] == [name]
    assert detail in line.mistakes[0]


def test_a_skip_connection_left_out_is_a_branch_missing():
    v, w, h0 = values(RANDOM.normal(size=3)), values(RANDOM.normal(size=3)), values(RANDOM.normal(size=3))
    h1 = [relu(a * b) for a, b in zip(v, h0, strict=True)]
    h2 = [a + tanh(b * c) for a, b, c in zip(h1, w, h1, strict=True)]
    output = sum([h * h for h in h2])
    data = [[node.data for node in row] for row in (v, w, h0, h1, h2)]
    v_, w_, h0_, h1_, h2_ = map(np.array, data)
    through = 2 * h2_ * (1 - np.tanh(w_ * h1_) ** 2) * w_ * (v_ * h0_ > 0) * h0_
    t = [b - a for a, b in zip(h1, h2, strict=True)]
    nodes = {"v": v, "w": w, "h0": h0, "h1": h1, "h2": h2, "L": output, "unused": t}
    direct = 2 * h2_ * (v_ * h0_ > 0) * h0_
    assert check_derivation({"v": direct + through}, nodes, output=output)
    [line] = check_derivation({"h1": 2 * h2_}, nodes, output=output).lines
    assert not line.holds


@pytest.mark.parametrize("claimed", [RANDOM.normal(size=dW1.shape), dW1 * RANDOM.normal(size=dW1.shape), 0 * dW1])
def test_a_mistake_is_never_guessed(claimed):
    line = only({"W1": claimed})
    assert not line.holds
    assert line.mistakes == ()


def test_entries_that_are_not_finite_are_counted_and_the_first_is_told():
    claimed = dW1.copy()
    claimed[2, 1] = np.nan
    claimed[2, 3] = np.inf
    assert only({"W1": claimed}).remark == "wrong: 2 of 12 entries are not finite; the first is nan, at [2][1]"


@pytest.mark.parametrize(
    ("claims", "error", "told"),
    [
        ({"W1": dW1.astype(object)}, TypeError, "the claim for 'W1' must hold real numbers, not object"),
        ({"W1": dW1 * 1j}, TypeError, "must hold real numbers, not complex128"),
        ({"W1": dW1 > 0}, TypeError, "must hold real numbers, not bool"),
        ({"W1": [["a", "b"]]}, TypeError, "must hold real numbers, not <U1"),
        ({"W1": [[1.0], [1.0, 2.0]]}, ValueError, "the claim for 'W1' is no array: its parts differ in length"),
        ({"W3": dW1}, ValueError, "there is no node or list W3; did you mean W2 or W1"),
        ({"dJ/dW3": dW1}, ValueError, "there is no node or list W3"),
        ({"dW1/dJ": dW1}, ValueError, "is no derivative of one node by a list of them, as dJ/dW1 is"),
        ({X[0][0]: dW1}, TypeError, "an array is for a list of Values, by its name"),
    ],
)
def test_what_is_no_array_of_gradients_is_refused(claims, error, told):
    with pytest.raises(error, match=told):
        check(claims)


def test_a_graph_that_no_longer_holds_is_refused():
    b = [Value(2.0), Value(3.0)]
    output = b[0] * b[1]
    b[0].data = 5.0
    with pytest.raises(ValueError, match="was written to after"):
        check_derivation({"b": [3.0, 2.0]}, {"b": b, "L": output}, output=output)


@pytest.fixture(scope="module")
def classifier():
    """A softmax with cross-entropy behind a layer of tanh, as a mean over four examples; with the arrays of it."""
    draw = np.random.default_rng(0)
    X, W1, W2, Y = draw.normal(size=(4, 3)), draw.normal(size=(3, 5)), draw.normal(size=(5, 2)), np.eye(2)[[0, 1, 1, 0]]
    nodes = {
        name: [[*map(Value, row)] for row in array.tolist()] for name, array in zip("XAB", (X, W1, W2), strict=True)
    }
    nodes = {"X": nodes["X"], "W1": nodes["A"], "W2": nodes["B"], "Y": [[*map(Value, row)] for row in Y.tolist()]}

    def product(left, right):
        columns = [*zip(*right, strict=True)]
        return [[sum([a * b for a, b in zip(row, column, strict=True)]) for column in columns] for row in left]

    Z1 = product(nodes["X"], nodes["W1"])
    A1 = [[tanh(z) for z in row] for row in Z1]
    Z2 = product(A1, nodes["W2"])
    rows = [[exp(z) for z in row] for row in Z2]
    P = [[e / sum(row) for e in row] for row in rows]
    pairs = [(y, p) for ys, ps in zip(nodes["Y"], P, strict=True) for y, p in zip(ys, ps, strict=True)]
    J = -sum([y * log(p) for y, p in pairs]) / 4
    nodes |= {"Z1": Z1, "A1": A1, "Z2": Z2, "P": P, "J": J}
    a1 = np.tanh(X @ W1)
    p = np.exp(a1 @ W2) / np.exp(a1 @ W2).sum(1, keepdims=True)
    return nodes, {"X": X, "W2": W2, "Y": Y, "z1": X @ W1, "a1": a1, "p": p, "dZ2": (p - Y) / 4}


@pytest.mark.parametrize(
    ("key", "claimed", "name", "detail"),
    [
        ("Z2", "p - Y", "1/m missing", "it is 4 times dJ/dZ2: 1/4 is missing, the mean over 4"),
        ("W2", "a1.T @ dZ2 * 4", "1/m missing", "it is 4 times dJ/dW2: 1/4 is missing, the mean over 4"),
        ("Z2", "dZ2 / 4", "1/m twice", "it is dJ/dZ2 divided by 4 once more"),
        ("Z2", "p / 4", "a term is missing", "-1/4 * Y"),
        ("W2", "a1.T @ dZ2 + W2", "an extra term", "W2"),
        ("W2", "X[:, [0, 1, 2, 0, 1]].T @ dZ2", None, None),
        ("W2", "z1.T @ dZ2", "another factor", "Z1 where A1 belongs"),
        ("W1", "X.T @ (dZ2 @ W2.T * a1 * (1 - a1))", "another factor", "sigmoid's slope where tanh's belongs, at A1"),
        ("W1", "X.T @ (dZ2 @ W2.T * (1 - a1**2))", "right", None),
    ],
)
def test_a_slip_in_the_arrays_of_a_classifier_is_named(classifier, key, claimed, name, detail):
    nodes, arrays = classifier
    [line] = check_derivation({key: eval(claimed, {}, dict(arrays))}, nodes).lines
    assert line.holds == (name == "right")
    found = [(mistake.name, mistake.detail) for mistake in line.mistakes]
    assert found == ([] if detail is None else [(name, detail)])


# A penalty beside the loss


@pytest.fixture(params=["lam/2", "lam", "lam/(2m)", "all by m"])
def penalised(request):
    """J = mean of the cross-entropies + a penalty of the squares of W; the gradient of each part by hand, in NumPy."""
    m, lam = BATCH, 0.3
    weights = RANDOM.normal(size=(INPUTS, OUTPUTS))
    logits = x @ weights
    probability = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = np.eye(OUTPUTS)[np.arange(m) % OUTPUTS]
    data = x.T @ (probability - labels) / m
    nodes = {"X": values(x), "W": values(weights), "Y": values(labels), "lam": Value(lam)}
    columns = list(zip(*nodes["W"], strict=True))
    nodes["Z"] = [[dot(row, column) for column in columns] for row in nodes["X"]]
    nodes["P"] = [[exp(z) / sum([exp(other) for other in row]) for z in row] for row in nodes["Z"]]
    losses = [
        -sum([t * log(q) for t, q in zip(*each, strict=True)]) for each in zip(nodes["Y"], nodes["P"], strict=True)
    ]
    squares = sum([weight**2 for row in nodes["W"] for weight in row])
    nodes["J"], times = {
        "lam/2": (sum(losses) / m + nodes["lam"] / 2 * squares, lam),
        "lam": (mean(losses) + nodes["lam"] * squares, 2 * lam),
        "lam/(2m)": (sum(losses) / m + nodes["lam"] / (2 * m) * squares, lam / m),
        "all by m": ((sum(losses) + nodes["lam"] * squares / 2) / m, lam / m),
    }[request.param]
    text = {"lam/2": "lam * W", "lam": "2 * lam * W"}.get(request.param, f"lam/{m} * W")
    return nodes, data, times * weights, text


def test_the_gradient_of_a_loss_with_a_penalty_holds(penalised):
    nodes, data, penalty, _ = penalised
    assert check_derivation({"W": data + penalty}, nodes, output=nodes["J"])


@pytest.mark.parametrize(
    ("claimed", "said"),
    [
        (lambda data, penalty: data, "a term is missing: the penalty's {}"),
        (lambda data, penalty: data + 2 * penalty, "a term counted wrongly: the penalty's {} counts twice"),
        (lambda data, penalty: data + penalty / 2, "a term counted wrongly: the penalty's {} counts by half"),
        (lambda data, penalty: data - penalty, "sign: the penalty's {} has the other sign"),
        (lambda data, penalty: data + penalty / 0.3, "a factor is missing: lam, in the penalty's {}"),
        (lambda data, penalty: penalty, "a term is missing: the data's part"),
        (lambda data, penalty: penalty - data, "sign: the data's part has the other sign"),
        (
            lambda data, penalty: BATCH * data + penalty,
            f"1/m missing: 1/{BATCH} is missing, the mean over {BATCH}, in the data's part",
        ),
        (lambda data, penalty: data / BATCH + penalty, f"1/m twice: the data's part is divided by {BATCH} once more"),
    ],
)
def test_a_slip_in_one_part_of_a_loss_with_a_penalty_is_told_of_that_part(claimed, said, penalised):
    nodes, data, penalty, text = penalised
    [line] = check_derivation({"W": claimed(data, penalty)}, nodes, output=nodes["J"]).lines
    assert line.mistakes == (said.format(text),)


def test_a_penalty_that_lacks_its_mean_is_told_where_the_loss_has_one(penalised):
    nodes, data, penalty, text = penalised
    [line] = check_derivation({"W": data + BATCH * penalty}, nodes, output=nodes["J"]).lines
    mean_missing = f"1/m missing: 1/{BATCH} is missing, the mean over {BATCH}, in the penalty's {text}"
    counted = f"a term counted wrongly: the penalty's {text} counts {BATCH} times"
    assert line.mistakes == ((mean_missing if f"/{BATCH}" in text else counted),)


def test_one_example_of_a_batch_is_told_beside_a_penalty(penalised):
    nodes, _, penalty, _ = penalised
    error = [q.data - t.data for q, t in zip(nodes["P"][1], nodes["Y"][1], strict=True)]
    [line] = check_derivation({"W": np.outer(x[1], error) + penalty}, nodes, output=nodes["J"]).lines
    assert line.mistakes[0].startswith("one example only: only term 2 of the 5")


def test_a_penalty_of_absolute_values_is_told_by_its_signs():
    w = RANDOM.normal(size=(2, INPUTS))
    nodes = {"W": values(w), "X": values(x), "lam": Value(0.3)}
    losses = [sum([dot(row, each) ** 2 for row in nodes["W"]]) for each in nodes["X"]]
    J = mean(losses) + nodes["lam"] * sum([abs(weight) for row in nodes["W"] for weight in row])
    right = 2 * w @ x.T @ x / BATCH
    [line] = check_derivation({"W": right}, nodes | {"J": J}, output=J).lines
    assert line.mistakes == ("a term is missing: the penalty's lam * sign(W)",)
