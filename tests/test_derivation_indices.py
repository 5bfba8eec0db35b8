"""Names, index letters, vectors and matrices of a page: a claim for all i and j has a verdict on every entry."""

import math
import random
from time import perf_counter

import pytest

from autograd import Value, check_derivation, dot, log, mean, relu, sigmoid, softmax, tanh
from autograd import sum as total

X = [1.5, -0.5]
WEIGHTS = [[0.1, -0.2, 0.3], [0.4, 0.5, -0.6]]  # [from][to]
OUTER = [0.7, -0.3, 0.2]
TARGET = 1.0


def in_floats(x, weights, outer, target):
    """The loss of the network below, in plain floats."""
    sums = [sum(weights[i][j] * x[i] for i in range(2)) for j in range(3)]
    hidden = [1 / (1 + math.exp(-n)) for n in sums]
    return (sum(v * h for v, h in zip(outer, hidden, strict=True)) - target) ** 2 / 2


@pytest.fixture
def net():
    """Two inputs, three sigmoids, one linear output, L = ½(y − a)²; W[i][j] leads from i to j."""
    x, W = list(map(Value, X)), [list(map(Value, row)) for row in WEIGHTS]
    n = [dot([W[i][j] for i in range(2)], x) for j in range(3)]
    h = [sigmoid(node) for node in n]
    v, a = list(map(Value, OUTER)), Value(TARGET)
    y = dot(v, h)
    return {"x": x, "W": W, "n": n, "h": h, "v": v, "a": a, "y": y, "L": (y - a) ** 2 / 2}


def only(text, nodes, **options):
    report = check_derivation(text, nodes, **options)
    assert not report.unread, str(report)
    [line] = report.lines
    return line


# One claim an entry


@pytest.mark.parametrize(
    ("claim", "entries"),
    [
        (r"\frac{\partial L}{\partial W_{ij}} = (y-a) v_j h_j (1-h_j) x_i", (6, 6)),
        ("∂L/∂W_ij = (y − a) v_j h_j (1 − h_j) x_i for all i, j", (6, 6)),
        ("dL/dW[i][j] = (y - a)*v[j]*h[j]*(1 - h[j])*x[i]", (6, 6)),
        ("dL/dW[i, j] = (y - a)*v[j]*h[j]*(1 - h[j])*x[i]", (6, 6)),
        (r"\frac{\partial L}{\partial x_i} = \sum_{j=1}^{3} (y-a) v_j h_j (1-h_j) W_{ij}", (2, 2)),
        ("∂L/∂x_i = (y − a) Σ_j v_j h_j (1 − h_j) W_ij", (2, 2)),
        ("n_j = Σ_i W_ij x_i", (3, 3)),
        ("h_j = σ(n_j)", (3, 3)),
        (r"\frac{\partial h_k}{\partial n_j} = \delta_{kj} h_k (1 - h_k)", (9, 9)),
        ("∂h_j/∂n_j = σ'(n_j)", (3, 3)),
        ("∂L/∂v_j = (y − a) h_j for j = 2, …, 3", (2, 2)),
        ("∂h_k/∂n_j = 0 for all j ≠ k", (6, 6)),
    ],
)
def test_a_claim_with_free_letters_is_proved_for_every_value(net, claim, entries):
    line = only(claim, net)
    assert (line.verdict, line.entries) == ("proved", entries)
    assert line.evidence.startswith(f"proved, {entries[0]} of {entries[1]} entries")


def test_the_right_numbers_are_those_of_differences(net):
    step = 1e-6
    for i, j in ((0, 0), (1, 2)):
        moved = [[w + step * (r == i and c == j) for c, w in enumerate(row)] for r, row in enumerate(WEIGHTS)]
        slope = (in_floats(X, moved, OUTER, TARGET) - in_floats(X, WEIGHTS, OUTER, TARGET)) / step
        line = only(f"∂L/∂W_{{{i + 1}{j + 1}}} = 2", net)
        assert line.correct == pytest.approx(slope, rel=1e-4)


@pytest.mark.parametrize(
    ("claim", "failing"),
    [
        ("∂L/∂W_ij = (y − a) v_j h_j (1 − h_j)", "wrong in 6 of 6 entries; the first is dL/dW[0][0]"),
        ("∂L/∂v_j = (y − a) h_1", "wrong in 2 of 3 entries; the first is dL/dv[1]"),
        ("∂L/∂x_i = (y − a) Σ_j v_j h_j (1 − h_j)", "wrong in 2 of 2 entries; the first is dL/dx[0]"),
    ],
)
def test_a_wrong_claim_says_how_many_entries_fail_and_which_is_the_first(net, claim, failing):
    line = only(claim, net)
    assert not line.holds
    assert line.evidence == failing


def test_the_mistake_of_the_first_wrong_entry_is_named(net):
    assert [m.name for m in only("∂L/∂v_j = (a − y) h_j", net).mistakes] == ["sign"]
    summed = only("∂L/∂v_j = (y − a) Σ_k h_k", net)
    assert "sum where one term belongs" in [m.name for m in summed.mistakes]


def test_lines_follow_from_a_wrong_line_entry_by_entry(net):
    text = "∂L/∂h_j = 2(y − a) v_j\n∂L/∂n_j = 2(y − a) v_j h_j (1 − h_j)\n∂L/∂W_ij = ∂L/∂n_j x_i"
    assert [line.verdict for line in check_derivation(text, net).lines] == ["wrong", "follows from line 1", "proved"]


def test_a_letter_that_runs_over_lists_of_different_lengths_is_wrong_and_said(net):
    line = only("∂L/∂W_ij = (y − a) v_j h_i (1 − h_i) x_i", net)
    assert not line.holds
    assert line.evidence == "wrong: i runs over 2 in the first index of W and over 3 in h"


def test_a_bound_that_disagrees_with_the_list_is_wrong_and_said(net):
    line = only(r"n_j = \sum_{i=1}^{3} W_{ij} x_i", net)
    assert not line.holds
    assert "i runs from 1 to 3, but there are items 1 to 2" in line.evidence


@pytest.mark.parametrize("claim", [r"n_j = \sum_{i=0}^{1} W_{ij} x_i", "∂L/∂h_j = (y - a) v_j 2 / 2 for j = 0 to 2"])
def test_bounds_that_fit_where_items_count_from_0_are_not_read_and_first_0_is_named(net, claim):
    [unread] = check_derivation(claim, net).unread
    assert "first=0" in unread.remark


@pytest.fixture
def convolution():
    """s_i = x_i k_1 + x_{i+1} k_2 for an x of 4 and a k of 2; its L is half the sum of squared errors."""
    x, k = list(map(Value, [0.5, -0.3, 0.8, 1.2])), list(map(Value, [0.4, -0.7]))
    s = [dot(k, x[i : i + 2]) for i in range(3)]
    return {"x": x, "k": k, "s": s, "L": total([(s[i] - (i + 1) / 10) ** 2 for i in range(3)]) / 2}


@pytest.mark.parametrize(
    ("claim", "first"),
    [
        ("dL/dk_m = Σ_i dL/ds_i x_{i+m}", 0),
        ("dL/dx_j = Σ_m dL/ds_{j-m} k_m", 0),
        ("dL/dx_1 = Σ_m dL/ds_{1-m} k_m", 0),
        ("s_i = Σ_m x_{i+m} k_m", 0),
        ("dL/dk_m = Σ_i dL/ds_i x_{i+m-1}", 1),
    ],
)
def test_a_sum_that_is_right_by_the_other_way_of_counting_is_not_read_and_both_are_shown(convolution, claim, first):
    assert check_derivation(claim, convolution, first=first)
    [unread] = check_derivation(claim, convolution, first=1 - first).unread
    assert f"count from {first}, it is " in unread.remark
    assert f"count from {1 - first}, it is " in unread.remark
    assert f"first={first}" in unread.remark


@pytest.mark.parametrize(
    "claim",
    [
        "dL/dk[m] = Σ_i dL/ds[i] x[i+m]",
        "dL/dk[m] = Σ_{i=0}^{2} x[m + i]*dL/ds[i]",
        "dL/dx[j] = Σ_m dL/ds[j-m] k[m]",
        "dL/dk[m] = dL/ds[0] x[m] + dL/ds[1] x[m+1] + dL/ds[2] x[m+2]",
        "dL/dk_1 = Σ_{i=1}^3 dL/ds_i x_i",
        "dL/dk_1 = Σ_{i=1}^3 x_i dL/ds_i",
        "dL/dk_1 = Σ_{i=1}^n dL/ds_i x_i",
        "dL/dk[0] = Σ_{i=0}^2 dL/ds[i] x[i]",
        "dL/dk_m = Σ_i dL/ds_i x_{i+m-1}",
    ],
)
def test_a_convolution_is_proved_as_brackets_and_written_bounds_have_it(convolution, claim):
    assert only(claim, convolution).verdict == "proved"


@pytest.mark.parametrize(
    "claim",
    [
        "dL/dk_m = Σ_{i=0}^{2} dL/ds_i x_{i+m}",
        "dL/dk_m = Σ_{i=0}^{2} dL/ds_i x_{i+m} for m = 0, 1",
    ],
)
def test_a_convolution_whose_bounds_begin_at_0_is_not_called_wrong(convolution, claim):
    report = check_derivation(claim, convolution)
    assert not report.lines
    assert "first=0" in report.unread[0].remark


@pytest.mark.parametrize(
    "claim",
    [
        "dL/dk_m = 2 Σ_i dL/ds_i x_{i+m}",
        "dL/dx_j = Σ_m dL/ds_{j+m} k_m",
        "dL/dk_1 = Σ_{i=1}^4 dL/ds_i x_i",
        "dL/dk_1 = Σ_{i=1}^2 dL/ds_i x_i",
        "dL/dk[m] = Σ_i dL/ds[i] x[i+m-1]",
    ],
)
def test_a_convolution_that_is_wrong_however_items_are_counted_is_wrong(convolution, claim):
    assert not only(claim, convolution).holds


# How far a sum reaches


def test_a_sum_reaches_over_the_product_to_its_right(net):
    assert only("y = Σ_j v_j h_j + a − a", net).proved
    assert not only("∂L/∂x_i = Σ_j (y − a) v_j h_j (1 − h_j) W_ij x_i", net).holds


def test_a_sum_reaches_to_where_its_letter_is_bound(net):
    line = only("Σ_j v_j + h_j = v_1 + v_2 + v_3 + h_1 + h_2 + h_3", net)
    assert line.proved
    assert "the sum over j reaches over 2 terms" in line.read_as


def test_a_sum_whose_reach_may_be_read_two_ways_is_not_read(net):
    report = check_derivation("∂L/∂v_j = Σ_j v_j + h_j", net)
    assert "two ways" in report.unread[0].why


# Numbers in subscripts


def test_subscripts_count_from_one_and_brackets_from_zero(net):
    assert only("∂L/∂v_1 = (y - a)*h[0]", net).proved
    assert only("n_1 = W_{11} x_1 + W_{21} x_2", net).proved
    assert only("n[0] = W[0][0]*x[0] + W[1][0]*x[1]", net).proved
    assert not only("∂L/∂v_1 = (y - a)*h[1]", net).holds


def test_first_is_the_number_of_a_lists_first_item_in_subscripts(net):
    line = only("∂L/∂v_0 = (y - a) h_0", net, first=0)
    assert line.proved
    assert line.read_as == "dL/dv[0] = (y - a) * h[0]"
    assert only("n_j = Σ_{i=0}^{1} W_{ij} x_i", net, first=0).proved
    assert check_derivation("∂L/∂v_3 = (y - a) h_3", net, first=0).unread


def test_two_digits_are_two_indices_or_one_and_both_are_not_read():
    m = [[Value(float(10 * i + j)) for j in range(2)] for i in range(2)]
    v = [Value(float(k)) for k in range(12)]
    out = m[0][1] * v[11]
    assert only("q = m_{12} v_{12}", {"m": m, "v": v, "q": out}).proved
    both = [[Value(1.0), Value(2.0)] for _ in range(12)]
    report = check_derivation("q = m_{12}", {"m": both, "q": both[0][1] * 1})
    assert "m[0][1] or m[11]" in report.unread[0].why


# Names


@pytest.mark.parametrize(
    ("key", "written"),
    [
        *[("W1", text) for text in ("W^1", "W^{(1)}", "W^{[1]}", "W_1", "W1", "W₁", r"\mathbf{W}^{1}")],
        *[("y_hat", text) for text in (r"\hat y", "ŷ", "y_hat", "yhat", r"\hat{y}", "y\u0302")],
        *[(r"\hat y", text) for text in (r"\hat y", "ŷ", "y_hat")],
        *[("theta", text) for text in (r"\theta", "θ", "theta")],
        *[("θ", text) for text in (r"\theta", "θ", "theta")],
        *[("y'", "y'"), ("w₁", "w_1"), ("W^{(2)}", "W2"), (r"\bar x", "x̄")],
    ],
)
def test_a_name_may_be_spelled_in_any_notation(key, written):
    node, w = Value(0.5), Value(3.0)
    L = node * node * w
    line = only(f"$\\frac{{\\partial L}}{{\\partial {written}}} = 2 {written} w$", {key: node, "w": w, "L": L})
    assert line.proved


def test_a_known_name_comes_before_an_item_and_an_item_before_a_power():
    w, w2, other = [Value(2.0), Value(5.0)], Value(7.0), Value(3.0)
    assert only("q = w_2 + w2", {"w": w, "w2": w2, "q": w2 + w2}).proved
    assert only("q = w_2", {"w": w, "q": w[1] * 1}).proved
    assert only("q = w^2", {"w": w, "q": w[1] * 1}).proved
    assert only("q = w^2", {"w": other, "q": other * other}).proved
    assert only("q = w_2^2", {"w": w, "q": w[1] * w[1]}).proved


def test_two_names_of_one_form_are_not_read():
    a, b = Value(1.0), Value(2.0)
    report = check_derivation("q = w^{(1)}", {"w1": a, "w_1": b, "q": a * b})
    assert "w1 or w_1" in report.unread[0].why
    assert only("q = w_1 w1", {"w1": a, "w_1": b, "q": a * b}).proved


def test_a_name_is_split_into_names_that_exist_and_one_way_only(net):
    w, x, wx = Value(2.0), Value(3.0), Value(7.0)
    line = only("q = wx", {"w": w, "x": x, "q": w * x})
    assert line.proved
    assert line.read_as == "q = w * x; wx is w*x"
    assert not only("q = wx", {"w": w, "x": x, "wx": wx, "q": w * x}).holds
    twice = {"a": w, "ab": x, "b": wx, "bc": w * 1, "c": x * 1, "q": w * x}
    report = check_derivation("q = abc", twice)
    assert "ab*c" in report.unread[0].why
    assert "a*bc" in report.unread[0].why


# Layers, examples and classes


def layers(*sizes):
    random.seed(3)
    previous = [Value(random.uniform(-1, 1)) for _ in range(sizes[0])]
    x, w, z, a = previous, [], [], []
    for size in sizes[1:]:
        w.append([[Value(random.uniform(-1, 1)) for _ in previous] for _ in range(size)])
        z.append([dot(row, previous) for row in w[-1]])
        previous = [sigmoid(node) for node in z[-1]]
        a.append(previous)
    return {"x": x, "w": w, "z": z, "a": a, "C": total([(node - 1.0) ** 2 / 2 for node in previous])}


@pytest.mark.parametrize("named", [False, True])
def test_letters_run_over_layers_where_all_items_exist(named):
    nodes = layers(2, 3, 2, 2)
    if named:
        nodes = {"x": nodes["x"], "C": nodes["C"]} | {
            f"{key}{k}": layer for key in "wz" for k, layer in enumerate(nodes[key], start=1)
        }
    report = check_derivation(
        r"""
        $\delta^l_j = \frac{\partial C}{\partial z^l_j}$
        $\delta^l_j = \sum_k w^{l+1}_{kj}\,\delta^{l+1}_k\,\sigma'(z^l_j)$
        δ^l = ((w^{l+1})^T δ^{l+1}) ⊙ σ'(z^l)
        $\delta^l_j = \sum_k w^{l+1}_{jk}\,\delta^{l+1}_k\,\sigma'(z^l_j)$
        """,
        nodes,
    )
    defined, right, whole, transposed = report.lines
    assert (defined.verdict, defined.entries) == ("defined", (7, 7))
    assert (right.holds, right.entries) == (whole.holds, whole.entries) == (True, (5, 5))
    assert not transposed.holds


def test_swapped_indices_are_named_and_which_way_the_list_is():
    nodes = layers(3, 3, 3)
    text = "$\\delta^l_j = \\frac{\\partial C}{\\partial z^l_j}$\n"
    wrong = check_derivation(text + r"$\delta^l_j = \sum_k w^{l+1}_{jk}\delta^{l+1}_k\sigma'(z^l_j)$", nodes).lines[1]
    assert [m.name for m in wrong.mistakes] == ["transposed indices"]
    assert "your list is w[to][from]" in wrong.mistakes[0]
    misfit = check_derivation(text + "δ^l = (w^{l+1} δ^{l+1}) ⊙ σ'(z^l)", layers(2, 3, 2)).lines[1]
    assert [m.name for m in misfit.mistakes] == ["transposed indices"]


@pytest.mark.parametrize("given", [{"m": 4}, {}])
def test_superscripts_in_parentheses_are_examples_and_m_is_how_many_there_are(given):
    random.seed(5)
    x = [[Value(1.0), Value(random.uniform(-1, 1))] for _ in range(4)]
    y, theta = [Value(v) for v in (0.0, 1.0, 1.0, 0.0)], [Value(0.3), Value(-0.8)]
    h = [sigmoid(dot(theta, row)) for row in x]
    J = -total([t * log(p) + (1 - t) * log(1 - p) for t, p in zip(y, h, strict=True)]) / 4
    nodes = {"x": x, "y": y, "theta": theta, "h": h, "J": J} | given
    claim = r"\frac{\partial J}{\partial\theta_j} = \frac1m\sum_%s (h_\theta(x^{(i)}) - y^{(i)})x^{(i)}_j"
    for below in ("i", "{i=1}^{m}"):
        assert only(claim % below, nodes).verdict == "proved"
    assert not only(claim.replace(r"\frac1m", "") % "i", nodes).holds


def test_classes_count_from_zero_and_sizes_are_numbers():
    z = [Value(v) for v in (0.5, -1.0, 2.0)]
    p = softmax(z)
    loss = -log(p[2])
    nodes = {"z": z, "p": p, "L": loss, "c": 2, "K": 3, "Y": [2, 0]}
    assert only("∂L/∂z_j = p_j − 1[j = c]", nodes).holds
    assert only("∂L/∂z_j = p_j − 1[j = Y_1]", nodes).holds
    assert not only("∂L/∂z_j = p_j − 1[j = Y_2]", nodes).holds
    assert only(r"p_j = \frac{e^{z_j}}{\sum_{k=1}^{K} e^{z_k}}", nodes).holds
    assert only("L = -log p[c]", nodes).holds


def test_a_letter_on_the_left_is_an_index_whatever_number_is_left_over_from_a_loop(net):
    assert only("∂L/∂v_j = (y − a) h_j", net | {"j": 1}).entries == (3, 3)
    assert only("n_j = Σ_i W_ij x_i", net | {"j": 1, "i": 0}).entries == (3, 3)


def test_cases_choose_by_indices_and_by_nodes():
    a = [Value(v) for v in (0.5, -1.0, 2.0)]
    p = softmax(a)
    right = r"$$\frac{\partial p_j}{\partial a_i} = \begin{cases} p_i(1-p_i) & i = j \\ -p_ip_j & i \neq j\end{cases}$$"
    assert only(right, {"a": a, "p": p}).entries == (9, 9)
    wrong = only(right.replace("-p_ip_j", "p_ip_j"), {"a": a, "p": p})
    assert wrong.entries == (3, 9)
    assert [m.name for m in wrong.mistakes] == ["sign"]
    r = [relu(node) for node in a]
    kinks = r"$$\frac{\partial r_i}{\partial a_i} = \begin{cases} 1 & a_i > 0 \\ 0 & \text{otherwise} \end{cases}$$"
    assert only(kinks, {"a": a, "r": r}).holds
    assert only("∂r_i/∂a_i = 1 if a_i > 0", {"a": a, "r": r}).entries == (2, 2)


# Vectors and matrices


@pytest.mark.parametrize(
    ("claim", "entries"),
    [
        ("∂L/∂W = x δ^T", (6, 6)),
        ("∂L/∂x = W δ", (2, 2)),
        ("∂L/∂v = (y - a) h", (3, 3)),
        ("n = W^T x", (3, 3)),
        ("n = W.T @ x", (3, 3)),
        ("y = v^T h", None),
        ("∂L/∂n = (y − a) v ⊙ h ⊙ (1 − h)", (3, 3)),
        (r"\nabla_v L = (y-a)\, h", (3, 3)),
        ("∂L/∂W = outer(x, δ)", (6, 6)),
        ("‖h‖² = h_1² + h_2² + h_3²", None),
    ],
)
def test_whole_lists_are_vectors_and_matrices(net, claim, entries):
    report = check_derivation(f"δ_j = ∂L/∂n_j\n{claim}", net)
    line = report.lines[1]
    assert not report.unread
    assert (line.verdict, line.entries) == ("proved", entries)


@pytest.mark.parametrize(
    ("claim", "shapes"),
    [
        ("∂L/∂W = δ x^T", "∂L/∂W is 2×3, and δ x^T is 3×2"),
        ("∂L/∂x = W^T δ", "3×2 times a vector of 3: the inner lengths 2 and 3 differ"),
        ("∂L/∂x = ∂L/∂y", "∂L/∂x is a vector of 2, and ∂L/∂y is a number"),
        ("∂L/∂v = x ⊙ h", "a vector of 2 and a vector of 3 do not fit together entry by entry"),
    ],
)
def test_shapes_that_do_not_fit_are_wrong_and_named(net, claim, shapes):
    line = check_derivation(f"δ_j = ∂L/∂n_j\n{claim}", net).lines[1]
    assert (line.verdict, line.evidence) == ("wrong", f"wrong: {shapes}")


def test_a_vector_by_a_vector_is_right_in_either_layout_and_said_in_which(net):
    assert only("∂n/∂x = W^T", net).evidence == "proved, 6 of 6 entries, in numerator layout"
    assert only("∂n/∂x = W", net).evidence == "proved, 6 of 6 entries, in denominator layout"
    square = {"W": [row[:2] for row in net["W"]], "x": net["x"], "n": net["n"][:2]}
    assert "numerator" in only("∂n/∂x = W^T", square).evidence
    assert "denominator" in only("∂n/∂x = W", square).evidence
    assert not only("∂n/∂x = 2W", square).holds


def test_what_may_be_a_product_of_matrices_or_one_item_by_item_is_not_read_if_they_differ():
    z = [[Value(0.1 * (i + 2 * j)) for j in range(2)] for i in range(2)]
    A = [[tanh(node) for node in row] for row in z]
    L = total([node * node for row in A for node in row])
    nodes = {"Z": z, "A": A, "L": L}
    report = check_derivation(r"\frac{dL}{dZ} = \frac{dL}{dA}\cdot\text{sech}^2(Z)", nodes)
    assert "write @ or ⊙" in report.unread[0].why
    assert not report
    assert only(r"\frac{dL}{dZ} = \frac{dL}{dA}\odot\text{sech}^2(Z)", nodes).holds
    assert not only(r"\frac{dL}{dZ} = \frac{dL}{dA}\cdot\text{sech}(A)", nodes).holds


# Gradients by their names


def test_a_gradient_is_one_of_the_output_that_can_be_told(net):
    assert only("dv = (y - a)*h", net).entries == (3, 3)
    assert not only("dv = (a - y)*h", net).holds
    two = net | {"K": net["y"] * net["x"][0] * net["a"]}
    report = check_derivation("dv = (y - a)*h", two)
    assert not report
    assert check_derivation("dv = (y - a)*h", two, output=net["L"])


# Updates


def test_an_update_is_no_claim_about_the_old_value_and_its_number_is_checked(net):
    first = OUTER[0]
    slope = (dot(net["v"], net["h"]).data - TARGET) * net["h"][0].data
    right, wrong = f"{first - 0.1 * slope:.4f}", f"{first + 0.1 * slope:.4f}"
    assert only(f"v_1 ← v_1 − 0.1 ∂L/∂v_1 = {right}", net).holds
    assert not only(f"v_1 := v_1 − 0.1 ∂L/∂v_1 = {wrong}", net).holds
    report = check_derivation("a ← a − 0.1 ∂L/∂a\n∂L/∂a = −(y − a)", net)
    assert [line.verdict for line in report.lines] == ["defined", "proved"]
    assert report


# The report


def test_the_report_tells_what_was_not_read_and_what_was_passed_over(net):
    report = check_derivation("First the output:\n∂L/∂y = y − a\n∂L/∂v_j = (y − a) q_j", net)
    assert report.prose == ("First the output:",)
    [unread] = report.unread
    assert (unread.number, unread.column, unread.text) == (3, 19, "∂L/∂v_j = (y − a) q_j")
    assert unread.why.startswith("there is no node q_j")
    assert (report.lines[0].holds, bool(report)) == (True, False)
    assert "? 3  ∂L/∂v_j = (y − a) q_j" in str(report)
    assert report.summary.startswith("no line is wrong, but line 3 is not read")
    with pytest.raises(ValueError, match="line 3, column 19"):
        check_derivation("First the output:\n∂L/∂y = y − a\n∂L/∂v_j = (y − a) q_j", net, strict=True)


def test_a_page_without_a_claim_gives_a_false_report(net):
    for page in ("", "Nothing but words here.", "eta = 0.5"):
        report = check_derivation(page, net)
        assert not report
        assert str(report)


def test_how_a_line_was_read_stands_below_it(net):
    line = only("∂L/∂W_ij = (y − a) v_j h_j (1 − h_j) x_i", net)
    assert line.read_as.startswith("dL/dW[0][0] = (y - a) * v[0] * h[0]")
    assert line.read_as.endswith("and so on for i = 1..2, j = 1..3")
    assert f"read as {line.read_as}" in str(check_derivation(line.claim, net))
    assert only("dL/dy = y - a", net).read_as == ""


# No hang


def test_what_would_be_millions_of_formulas_is_not_read():
    x = [Value(0.001 * k) for k in range(10_000)]
    s = total(x)
    start = perf_counter()
    assert only("s = Σ_i x_i", {"x": x, "s": s}).holds
    report = check_derivation("s = Σ_i Σ_j Σ_k x_i x_j x_k", {"x": x, "s": s})
    assert "too many" in report.unread[0].why
    assert perf_counter() - start < 60


def test_the_cost_of_a_claim_grows_with_its_entries():
    def seconds(size):
        random.seed(1)
        x = [Value(random.uniform(-1, 1)) for _ in range(size)]
        W = [[Value(random.uniform(-1, 1)) for _ in range(8)] for _ in range(size)]
        h = [sigmoid(dot([row[j] for row in W], x)) for j in range(8)]
        L = mean([node * node for node in h])
        nodes = {"x": x, "W": W, "h": h, "L": L}
        start = perf_counter()
        line = only("∂L/∂W_ij = ∂L/∂h_j h_j (1 − h_j) x_i", nodes)
        assert (line.verdict, line.entries) == ("proved", (8 * size, 8 * size))
        return perf_counter() - start

    seconds(4)
    small, large = min(seconds(16) for _ in range(3)), min(seconds(64) for _ in range(2))
    assert large < 12 * small + 1


@pytest.mark.parametrize("hidden", ["δ_j = ∂L/∂n_j = h_j (1 − h_j) v_j δ_k", "δ_j = h_j (1 − h_j) v_j δ_k"])
def test_letters_tell_two_error_terms_apart(hidden):
    x = [Value(1.5), Value(-0.5)]
    W = [[Value(0.1), Value(-0.2), Value(0.3)], [Value(0.4), Value(0.5), Value(-0.6)]]
    n = [dot([W[i][j] for i in range(2)], x) for j in range(3)]
    h = [sigmoid(node) for node in n]
    V = [[Value(0.7), Value(-0.3)], [Value(0.2), Value(0.4)], [Value(-0.9), Value(0.6)]]
    o = [dot([V[j][k] for j in range(3)], h) for k in range(2)]
    L = total([node * node for node in o]) / 2
    nodes = {"x": x, "W": W, "n": n, "h": h, "V": V, "o": o, "L": L}
    hidden = hidden.replace("v_j δ_k", "Σ_k V_jk δ_k")
    report = check_derivation(f"δ_k = ∂L/∂o_k = o_k\n{hidden}\n∂L/∂W_ij = δ_j x_i\n∂L/∂V_jk = δ_k h_j", nodes)
    assert not report.unread, str(report)
    assert [line.holds for line in report.lines[2:]] == [True, True]
    assert "it is another one than that of line 1" in report.lines[1].read_as
    whole = check_derivation(f"δ_k = ∂L/∂o_k\n{hidden}\n∂L/∂W = x δ^T", nodes)
    assert "tell apart" in whole.unread[0].why


@pytest.mark.parametrize("bar", ["|_{x=1}", "|_{x=2}", "|_{w=0}"])
def test_a_point_that_rounds_to_the_recorded_one_is_another_point(bar):
    x, w, a = Value(1.5), Value(-0.5), Value(1.0)
    nodes = {"x": x, "w": w, "a": a, "L": (w * x - a) ** 2}
    assert check_derivation("dL/dw|_{x=1.5} = -5.25", nodes)
    report = check_derivation(f"dL/dw{bar} = -5.25", nodes)
    assert not report
    assert report.unread


@pytest.mark.parametrize("name", ["copy", "clone", "detach", "float"])
def test_what_copies_in_a_program_is_no_function_of_mathematics(name):
    w, x = Value(2.0), Value(3.0)
    nodes = {"w": w, "x": x, "y": w * x}
    [unread] = check_derivation(f"dy/dw = {name}(x)", nodes).unread
    assert "is no function" in unread.why


def test_a_convolution_of_two_axes_and_one_with_a_stride_are_read_as_they_count():
    X = [[Value(0.1 * i - 0.2 * j + 0.3 * i * j) for j in range(5)] for i in range(3)]
    K = [[Value(0.5), Value(-0.2)], [Value(0.3), Value(0.8)]]
    both = [(m, n) for m in range(2) for n in range(2)]
    S = [[total([X[i + m][2 * j + n] * K[m][n] for m, n in both]) for j in range(2)] for i in range(2)]
    nodes = {"X": X, "K": K, "S": S, "L": total([each**2 for row in S for each in row])}
    for items in ("X[i+m,2*j+n]", "X[i+m][2j+n]"):
        assert only(f"dL/dK[m,n] = Σ_{{i,j}} dL/dS[i,j] {items}", nodes).verdict == "proved"
    assert only("dL/dK_mn = Σ_{i,j} dL/dS_ij X_{i+m-1, 2j+n-2}", nodes).verdict == "proved"
    [unread] = check_derivation("dL/dK_mn = Σ_i Σ_j dL/dS_ij X_{i+m,2j+n}", nodes).unread
    assert "first=0" in unread.remark


@pytest.fixture
def linear_system():
    """x solves A x = b for an A of two rows, by Cramer's rule, and L is the sum of its squares."""
    A, b = [[Value(2.0), Value(0.5)], [Value(0.3), Value(1.5)]], [Value(1.0), Value(-2.0)]
    det = A[0][0] * A[1][1] - A[0][1] * A[1][0]
    x = [(A[1][1] * b[0] - A[0][1] * b[1]) / det, (A[0][0] * b[1] - A[1][0] * b[0]) / det]
    return {"A": A, "b": b, "x": x, "L": x[0] ** 2 + x[1] ** 2}


@pytest.mark.parametrize(
    "claim",
    [
        "x = A^{-1}b",
        "$x = A^{-1} b$",
        "x = A⁻¹ b",
        "x = (A)^{-1} b",
        r"\frac{\partial x}{\partial b} = A^{-1}",
        "dL/db = 2 A^{-T} x",
        "dL/db = 2 (A^T)^{-1} x",
        "x_i = Σ_j (A^{-1})_{ij} b_j",
        "x_i = Σ_j A^{-1}_{ij} b_j",
    ],
)
def test_the_inverse_of_a_matrix_is_not_read_as_that_of_its_entries(linear_system, claim):
    report = check_derivation(claim, linear_system)
    assert not report.lines
    assert "the inverse of a matrix is not read" in report.unread[0].remark


def test_a_negative_power_of_an_item_and_of_a_vector_is_that_of_numbers():
    v, A = [Value(0.5), Value(1.6)], [[Value(2.0), Value(0.5)], [Value(0.3), Value(1.5)]]
    nodes = {"v": v, "A": A, "r": [1 / each for each in v], "L": total([1 / each for row in A for each in row])}
    assert check_derivation("r = v^{-1}\ndL/dA_ij = -A_{ij}^{-2}", nodes)
