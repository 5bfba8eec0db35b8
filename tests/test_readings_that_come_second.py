"""Lines with two readings of which one is right: where a page counts from, classes as indices, lengths of vectors.

Each graph is small, and what is right of it is worked out by hand in its docstring.
"""

import pytest

from autograd import Value, check_derivation, dot, log, sigmoid, softmax, sqrt
from autograd import sum as total


def convolved():
    """s_i = Σ_j x_{i+j} k_j, counted from 0, and L = Σ_i s_i t_i: ∂L/∂s_i = t_i, and ∂L/∂k_j = Σ_i t_i x_{i+j}."""
    x, k, t = [Value(0.5), Value(-1.0), Value(2.0), Value(0.3), Value(-0.7)], [Value(0.4), Value(1.1), Value(-0.2)], []
    t = [Value(0.9), Value(-0.6), Value(1.7)]
    s = [total([x[i + j] * k[j] for j in range(3)]) for i in range(3)]
    return {"x": x, "k": k, "s": s, "t": t, "L": dot(s, t)}


def classified():
    """L = −log p_y, p = softmax(W h), y the last of three classes: ∂L/∂z_j = p_j − 1[j = y]."""
    W = [[Value(0.3), Value(-0.2)], [Value(0.8), Value(0.5)], [Value(-0.4), Value(0.1)]]
    h = [Value(1.2), Value(-0.7)]
    z = [dot(row, h) for row in W]
    p = softmax(z)
    return {"W": W, "h": h, "z": z, "p": p, "y": 2, "L": -log(p[2])}


def cosine():
    """c = u·v / (‖u‖ ‖v‖), so that ∂c/∂u_i = v_i/(‖u‖ ‖v‖) − c u_i/‖u‖²."""
    u, v = [Value(0.6), Value(-1.1), Value(0.4)], [Value(1.5), Value(0.2), Value(-0.8)]
    return {"u": u, "v": v, "c": dot(u, v) / (sqrt(dot(u, u)) * sqrt(dot(v, v)))}


def verdicts(text, nodes, **options):
    report = check_derivation(text, nodes, **options)
    assert not report.unread, report
    return [line.holds for line in report.lines]


@pytest.mark.parametrize(
    ("line", "first", "holds"),
    [
        ("dL/dk_0 = Σ_i dL/ds_i x_i", 0, True),
        ("dL/dk_1 = Σ_i dL/ds_i x_{i+1}", 0, True),
        ("dL/dk_2 = Σ_{i=0}^{2} dL/ds_i x_{i+2}", 0, True),
        ("dL/dk_1 = Σ_i dL/ds_i x_i", 0, False),
        ("dL/dk_1 = Σ_i dL/ds_i x_i", 1, True),
        ("dL/dk_2 = Σ_i dL/ds_i x_{i+1}", 1, True),
        ("dL/dk_2 = Σ_i t_i x_i", 1, False),
    ],
)
def test_a_sum_over_lists_of_different_lengths_has_the_terms_that_exist_if_that_is_right(line, first, holds):
    assert verdicts(line, convolved(), first=first) == [holds]


def test_a_sum_over_lists_of_different_lengths_that_is_wrong_names_the_lengths():
    report = check_derivation("dL/dk_2 = Σ_i t_i x_i", convolved())
    assert "i runs over 3 in t and over 5 in x" in str(report)


@pytest.mark.parametrize("line", ["dL/dk_1 = Σ_i dL/ds_i x_{i+1}", "dL/dk_1 = Σ_i t_i x_{i+1}"])
def test_what_is_right_for_a_page_that_counts_from_0_is_not_called_wrong(line):
    report = check_derivation(line, convolved())
    assert not report.lines
    assert "pass first=0" in report.unread[0].why


def test_a_page_that_speaks_of_item_0_may_count_from_0_in_its_other_lines_too():
    nodes = convolved()
    report = check_derivation("dL/ds_0 = t_0\ns_1 = x_1 k_0 + x_2 k_1 + x_3 k_2\ndL/ds_1 = t_2", nodes)
    assert [line.holds for line in report.lines] == [False]
    assert ["first=0" in each.why for each in report.unread] == [True, True]
    assert [*verdicts("dL/ds_0 = t_0\ns_1 = x_1 k_0 + x_2 k_1 + x_3 k_2", nodes, first=0)] == [True, True]


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("dL/dz_y = p_y - 1", True),
        (r"$\frac{\partial L}{\partial z_y} = p_y - 1$", True),
        ("dL/dz_j = p_j - 1[j = y]", True),
        ("dL/dz_y = p_y", False),
        ("dL/dz_y = 1 - p_y", False),
        ("dL/dz = p - e_y", True),
        (r"$\nabla_z L = p - \mathbf{e}_y$", True),
        ("dL/dz = p - e_3", True),
        ("dL/dz = p - e_2", False),
        ("dL/dz = e_y - p", False),
        (r"\frac{\partial L}{\partial W} = (p - e_y) h^T", True),
        (r"\frac{\partial L}{\partial W} = (e_y - p) h^T", False),
    ],
)
def test_a_letter_that_is_the_number_of_a_class_is_that_class(line, holds):
    assert verdicts(line, classified()) == [holds]


@pytest.mark.parametrize(
    ("line", "why"),
    [("dL/dz = 3 e_2", "there is no node e"), ("L = 1 + e_2", "how long"), ("dL/dz = p - e_5", "place")],
)
def test_a_unit_vector_is_read_beside_a_vector_that_has_such_an_item(line, why):
    report = check_derivation(line, classified())
    assert not report.lines
    assert why in report.unread[0].why


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        (r"c = \frac{u^T v}{|u||v|}", True),
        ("c = u·v / (|u| |v|)", True),
        ("dc/du_i = v_i/(|u||v|) - c u_i/|u|^2", True),
        ("dc/du_i = v_i/(|u||v|) - c v_i/|u|^2", False),
        (r"$\frac{\partial c}{\partial u_i} = \frac{v_i}{\|u\||v|} - c\frac{u_i}{|v|^2}$", False),
    ],
)
def test_bars_around_a_vector_are_its_length_where_that_is_right(line, holds):
    assert verdicts(line, cosine()) == [holds]


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        (r"$\frac{\partial L}{\partial c} = |a||b|$", True),
        ("dL/dc = |a||b|", True),
        (r"dL/dc = \frac{2|a||b|}{2}", True),
        ("dL/dc = |a||b| + |a|", False),
        ("dL/dc = ||a|| |b|", True),
    ],
)
def test_bars_side_by_side_are_two_absolute_values(line, holds):
    a, b, c = Value(-0.5), Value(2.0), Value(0.3)
    assert verdicts(line, {"a": a, "b": b, "c": c, "L": abs(a) * abs(b) * c}) == [holds]


def fitted():
    """J = Σ (ŷ_i − y_i)²/(2n), ŷ_i = w x_i + b: ∂J/∂w is the mean of (ŷ − y) x, and ∂J/∂b that of ŷ − y."""
    x, y = [Value(0.5), Value(-1.0), Value(2.0)], [Value(1.0), Value(0.5), Value(-0.5)]
    w, b = Value(0.7), Value(-0.2)
    y_hat = [w * each + b for each in x]
    J = total([(p - q) ** 2 for p, q in zip(y_hat, y, strict=True)]) / 6
    return {"x": x, "y": y, "w": w, "b": b, "y_hat": y_hat, "J": J, "n": 3}


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        (r"$\frac{\partial J}{\partial b} = \overline{\hat y - y}$", True),
        (r"$\frac{\partial J}{\partial w} = \overline{(\hat y - y) x}$", True),
        (r"$\frac{\partial J}{\partial w} = \overline{\hat y - y}$", False),
        ("dJ/dw = mean((y_hat - y)*x)", True),
        ("dJ/dw = 2 mean((y_hat - y)*x)", False),
        ("J = (1/2n) Σ_i (y_hat_i - y_i)^2", True),
        ("J = 1/2n Σ_i (y_hat_i - y_i)^2", True),
        ("J = (1/n) Σ_i (y_hat_i - y_i)^2", False),
        (r"$J = \frac{1}{2n} np.sum((\hat{y} - y)^2)$", True),
        (r"$\frac{\partial J}{\partial w} = \frac{1}{n} np.dot(\hat{y} - y, x)$", True),
        (r"$\frac{\partial J}{\partial w} = np.dot(\hat{y} - y, x)$", False),
    ],
)
def test_means_and_sums_of_lists_are_read_as_people_write_them(line, holds):
    assert verdicts(line, fitted()) == [holds]


@pytest.mark.parametrize(
    ("line", "why"),
    [(r"$\frac{\partial J}{\partial b} = \overline{2 n}$", "one number"), ("J = 1/2x", "below the stroke")],
)
def test_what_is_no_mean_and_no_size_is_not_read(line, why):
    report = check_derivation(line, fitted())
    assert why in report.unread[0].why


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("db = np.sum(dZ, axis=1, keepdims=True)", True),
        ("db = np.sum(dZ, axis=1)", True),
        ("db = np.sum(dZ, axis=0, keepdims=True)", False),
        ("db = np.mean(dZ, axis=1, keepdims=True)", False),
    ],
)
def test_a_sum_along_an_axis_is_read_within_a_formula(line, holds):
    Z = [[Value(0.5), Value(-1.0), Value(0.3)], [Value(2.0), Value(0.1), Value(-0.4)]]
    b = [[Value(0.2)], [Value(-0.6)]]
    A = [[each + row[0] for each in line] for line, row in zip(Z, b, strict=True)]
    nodes = {"b": b, "Z": A, "J": total([each * each for row in A for each in row]) / 2}
    assert verdicts(f"${line}$", nodes) == [holds]  # each b_i is added to row i of Z


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        (r"$\frac{\partial E}{\partial h} = \sum_{k \in \{i,f,o\}} \frac{\partial E}{\partial z_k} u_k$", True),
        ("dE/dh = Σ_{k∈{i, f, o}} dE/dz_k u_k", True),
        (r"$\frac{\partial E}{\partial h} = \sum_{k \in \{i,f\}} \frac{\partial E}{\partial z_k} u_k$", False),
        (r"$E = \prod_{k \in \{i,f,o\}} z_k$", True),
        (r"$E = \prod_{k \in \{i,f\}} z_k$", False),
    ],
)
def test_a_sum_over_a_set_has_a_term_for_each_of_its_members(line, holds):
    h = Value(0.7)
    u = {f"u_{k}": Value(number) for k, number in zip("ifo", (0.4, -1.2, 0.9), strict=True)}
    z = {f"z_{k}": u[f"u_{k}"] * h + 1 for k in "ifo"}
    nodes = {**u, **z, "h": h, "E": z["z_i"] * z["z_f"] * z["z_o"]}
    assert verdicts(line, nodes) == [holds]


def logistic():
    """p_i = σ(x_i · β) and L = Σ log-likelihoods: ∂L/∂β = Σ_i (y_i − p_i) x_i, and ∂p_i/∂β = p_i (1 − p_i) x_i."""
    x = [[Value(0.5), Value(-1.2)], [Value(1.1), Value(0.3)], [Value(-0.4), Value(0.8)]]
    beta, y = [Value(0.7), Value(-0.6)], [Value(1.0), Value(0.0), Value(1.0)]
    p = [sigmoid(dot(row, beta)) for row in x]
    L = total([t * log(q) + (1 - t) * log(1 - q) for t, q in zip(y, p, strict=True)])
    return {"x": x, "β": beta, "p": p, "y": y, "L": L}


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("L = Σ_i [y_i log p(x_i) + (1 - y_i) log(1 - p(x_i))]", True),
        (r"\frac{\partial L}{\partial \beta} = \sum_i (y_i - p(x_i)) x_i", True),
        (r"\frac{\partial L}{\partial \beta} = \sum_i (p(x_i) - y_i) x_i", False),
        (r"\frac{\partial}{\partial \beta} p(x_i) = p(x_i)(1 - p(x_i)) x_i", True),
        (r"\frac{\partial p(x_i)}{\partial \beta} = p(x_i)(1 - p(x_i)) x_i", True),
        (r"\frac{\partial p(x_i)}{\partial \beta} = p(x_i) x_i", False),
        (r"\frac{\partial^2 L}{\partial \beta_j \partial \beta_k} = -\sum_i p_i (1 - p_i) x_{ij} x_{ik}", True),
        (r"\frac{\partial^2 L}{\partial \beta_1^2} = -\sum_i p_i x_{i1}^2", False),
        (r"\frac{\partial^2 L}{\partial \beta_1^2} = -\sum_i p_i (1 - p_i) x_{i1}^2", True),
    ],
)
def test_a_list_of_outputs_before_an_input_is_the_output_for_that_one(line, holds):
    assert verdicts(line, logistic()) == [holds]


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        (r"$\frac{\partial L}{\partial z_i} = p_i \left(\sum_i t_i \right) - t_i$", True),
        ("dL/dz_i = (Σ_i p_i t_i) - t_i", False),
        ("dL/dz_i = [Σ_i t_i] p_i - t_i", True),
    ],
)
def test_a_sum_in_parentheses_ends_with_them(line, holds):
    z, t = [Value(0.4), Value(-0.3)], [Value(1.0), Value(0.0)]
    p = softmax(z)
    assert verdicts(line, {"z": z, "t": t, "p": p, "L": -(t[0] * log(p[0]) + t[1] * log(p[1]))}) == [holds]
