"""Claims for one label: "for y = 1" on the line or in a heading, where y is set, and where it cannot be.

The right formulas are those of the two terms of L = −(y ln a + (1 − y) ln(1 − a)), by hand.
"""

import pytest

from autograd import Value, check_derivation, log, mark, maximum, no_grad, relu, sigmoid, softmax
from autograd import sum as total


def logistic(label, *, named=True):
    """One example, with the label as a leaf or, if it is not `named`, built into the loss."""
    x, w, b, y = Value(1.5), Value(0.8), Value(-0.3), Value(label)
    z = w * x + b
    a = sigmoid(z)
    if not named:
        return {"x": x, "w": w, "b": b, "z": z, "a": a, "L": -log(a) if label else -log(1 - a)}
    L = -(y * log(a) + (1 - y) * log(1 - a))
    return {"x": x, "w": w, "b": b, "y": y, "z": z, "a": a, "L": L}


def holds(page, nodes):
    """Whether each line of a page holds; all must be read."""
    report = check_derivation(page, nodes)
    assert not report.unread, str(report)
    return [line.holds for line in report.lines]


BOTH = "dL/da = -1/a for y = 1\ndL/da = 1/(1 - a) for y = 0"


# The leaf takes the value


@pytest.mark.parametrize("label", [1.0, 0.0, 0.3])
def test_both_cases_hold_whatever_the_recorded_label_is(label):
    report = check_derivation(BOTH, logistic(label))
    assert report, str(report)
    assert [line.evidence for line in report.lines] == ["proved, for y = 1", "proved, for y = 0"]


def test_a_right_line_of_one_case_is_wrong_for_the_other():
    assert holds("dL/da = -1/a for y = 0\ndL/da = 1/(1 - a) for y = 1", logistic(1.0)) == [False, False]


def test_a_wrong_line_is_told_what_is_right_in_its_case():
    [line] = check_derivation("dL/dz = 2*a for y = 0", logistic(1.0)).lines
    assert line.evidence == "wrong for y = 0"
    assert line.correct_formula == "dL/dz = a, for y = 0"
    assert line.correct == pytest.approx(0.7109495)  # σ(0.9)
    assert "factor 2" in {mistake.name for mistake in line.mistakes}


def test_numbers_of_a_case_pass_to_their_digits():
    assert holds("Case y = 0\ndL/dw = 1.0664\ndL/dz = 0.7109\ndL/dz = 0.7209", logistic(1.0)) == [True, True, False]


def test_a_line_is_about_the_nodes_that_it_was_written_for():
    nodes = logistic(1.0)
    [line] = check_derivation("dL/dw = a*x for y = 0", nodes).lines
    assert line.node is nodes["w"]
    assert line.of is nodes["L"]
    assert nodes["y"].data == 1.0
    assert line.claims[0].subject.by is nodes["w"]


def test_a_line_follows_from_the_wrong_one_of_its_case():
    page = "For y = 0:\n- dL/da = -1/(1 - a)\n- dL/dz = dL/da * a*(1 - a) = -a"
    assert [line.verdict for line in check_derivation(page, logistic(1.0)).lines] == ["wrong", "follows from line 2"]


def test_the_derivative_by_the_label_itself_is_taken_where_it_has_the_value():
    assert holds("dL/dy = log(1 - a) - log(a) for y = 0", logistic(1.0)) == [True]


def test_a_label_of_a_list_is_set_by_its_index():
    x, w = [Value(1.5), Value(0.3)], Value(0.8)
    y = [Value(1.0), Value(0.0)]
    a = [sigmoid(w * each) for each in x]
    J = -total([t * log(p) + (1 - t) * log(1 - p) for t, p in zip(y, a, strict=True)])
    nodes = {"x": x, "w": w, "y": y, "a": a, "J": J}
    page = "dJ/da_2 = -1/a_2 for y_2 = 1\ndJ/da[0] = 1/(1 - a[0]) for y[0] = 0\ndJ/da_1 = -1/a_1 for y_1 = 0"
    assert holds(page, nodes) == [True, True, False]


def test_a_kink_is_on_the_side_of_the_case():
    """Of max(0, 1 − t s) with s = 1.2 the slope is 1 for t = −1, and 0 for t = 1."""
    x, w, t = Value(1.5), Value(0.8), Value(-1.0)
    s = w * x
    L = maximum(0, 1 - t * s)
    nodes = {"x": x, "w": w, "t": t, "s": s, "L": L}
    assert holds("dL/ds = 1 for t = -1\ndL/ds = 0 for t = 1\ndL/ds = -1 for t = 1", nodes) == [True, True, False]


def test_cases_are_judged_under_no_grad():
    nodes = logistic(1.0)
    with no_grad():
        assert holds(BOTH, nodes) == [True, True]


def test_a_class_is_marked_with_its_cases():
    pages = {"both": BOTH, "swapped": "dL/da = -1/a for y = 0"}
    rows = mark(pages, logistic(1.0), targets=["dL/da"]).rows
    assert [row.derived for row in rows] == [("dL/da",), ()]


# How a page says so


@pytest.mark.parametrize(
    "line",
    [
        "dL/da = 1/(1 - a) for y = 0",
        "dL/da = 1/(1 - a) (y = 0)",
        "dL/da = 1/(1 - a)   (for y = 0)",
        "(y = 0) dL/da = 1/(1 - a)",
        "if y = 0, dL/da = 1/(1 - a)",
        "If y = 0 then dL/da = 1/(1 - a)",
        "when $y=0$, dL/da = 1/(1 - a)",
        "when $y=0$, $dL/da = 1/(1 - a)$",
        r"For $y = 0$: $\frac{dL}{da} = \frac{1}{1 - a}$",
        r"$\frac{dL}{da} = \frac{1}{1 - a}$ ($y = 0$)",
        r"$$\frac{dL}{da} = \frac{1}{1 - a} \quad (y = 0)$$",
        r"$$\frac{dL}{da} = \frac{1}{1 - a}, \quad y = 0$$",
        r"$$\frac{dL}{da} = \frac{1}{1 - a} \quad \text{if } y = 0$$",
        "y = 0: dL/da = 1/(1 - a)",
        "- y = 0: dL/da = 1/(1 - a)",
        "dL/da = 1/(1 - a)  # for y = 0",
        "Suppose y = 0. Then dL/da = 1/(1 - a)",
        "for a negative example (y = 0): dL/da = 1/(1 - a)",
        "In the case y = 0 we get dL/da = 1/(1 - a)",
        "dL/dz = a - 1 if y = 1, dL/da = 1/(1 - a) if y = 0",
        "for y = 1, dL/dz = a - 1; for y = 0, dL/da = 1/(1 - a)",
    ],
)
def test_a_line_says_for_which_label_it_holds(line):
    report = check_derivation(line, logistic(1.0))
    assert report, str(report)
    assert report.lines[-1].evidence == "proved, for y = 0"


@pytest.mark.parametrize(
    "heading",
    [
        "for y = 0:", "Case y = 0", "Case 2: y = 0", "## Case y = 0", "### When $y=0$", "**y = 0**",
        "**Case 2 (y = 0):**", "Case $y = 0$:", r"\textbf{Case $y = 0$:}", r"\paragraph{Case y = 0}",
        "2. If y = 0:", "Assume y = 0:", "y = 0:",
    ],
)  # fmt: skip
def test_a_heading_holds_for_the_lines_below_it_up_to_the_next(heading):
    page = f"dL/dz = a - y\n{heading}\ndL/da = 1/(1 - a)\n\nBy the chain rule:\n\n$$\\frac{{dL}}{{dz}} = a$$\n"
    page += "## In general\ndL/dw = (a - y)*x\ndL/db = a"
    report = check_derivation(page, logistic(1.0))
    assert not report.unread, str(report)
    assert [line.holds for line in report.lines] == [True, True, True, True, False]
    assert [line.evidence for line in report.lines[:4]] == ["proved", *["proved, for y = 0"] * 2, "proved"]


def test_the_next_case_ends_the_one_before():
    page = "For y = 1:\n\ndL/dz = a - 1\n\nFor y = 0:\n\ndL/dz = a\n\ndL/dw = a*x"
    assert holds(page, logistic(1.0)) == [True, True, True]


def test_a_line_of_its_own_case_stands_below_a_heading_of_another():
    assert holds("## Case y = 1\ndL/dz = a - 1\ndL/dz = a for y = 0\ndL/db = a - 1", logistic(1.0)) == [True] * 3


def test_a_list_of_bullets_ends_its_case():
    page = "For y = 1:\n- dL/da = -1/a\n- dL/dz = a - 1\n\ndL/db = a"
    assert holds(page, logistic(1.0)) == [True, True, False]


def test_each_case_has_its_own_definitions():
    page = "For y = 1:\nδ = a - 1\ndL/dw = δ x\n\nFor y = 0:\nδ = a\ndL/dw = δ x\ndL/db = 2δ\n\nFor y = 1:\ndL/db = δ"
    assert holds(page, logistic(1.0)) == [True, True, True, True, False, True]


@pytest.mark.parametrize(
    "line",
    [
        r"$$\frac{dL}{da} = \begin{cases} -1/a & \text{if } y = 1 \\ 1/(1 - a) & \text{if } y = 0 \end{cases}$$",
        r"$$\frac{dL}{da} = \begin{cases} -1/a & y = 1 \\ 1/(1 - a) & \text{otherwise} \end{cases}$$",
        "dL/da = -1/a if y = 1, 1/(1 - a) otherwise",
        "dL/da = -1/a for y = 1, 1/(1 - a) for y = 0",
        "dL/da = where(y == 1, -1/a, 1/(1 - a))",
    ],
)
def test_a_formula_in_cases_is_judged_for_each_label(line):
    for label in (1.0, 0.0):
        [found] = check_derivation(line, logistic(label)).lines
        assert found.evidence == "proved, for y = 1, y = 0"
        [found] = check_derivation(line.replace("1/(1 - a)", "1/a"), logistic(label)).lines
        assert found.evidence == "wrong for y = 0"
        assert found.correct_formula is not None
        assert found.correct_formula.endswith(("= 1/(1 - a), for y = 0", r"= \frac{1}{1 - a}, for y = 0"))
    assert not check_derivation(line, logistic(0.3))


def test_what_holds_otherwise_is_not_guessed():
    report = check_derivation("dL/da = -1/a, if y = 1; dL/da = 1/(1 - a), otherwise", logistic(1.0))
    [unread] = report.unread
    assert "write for which label" in unread.why
    assert report.first_wrong is None


# Where the label is no leaf


def test_of_a_label_that_is_built_in_the_case_of_the_graph_holds_and_the_other_is_not_checked():
    report = check_derivation(BOTH, logistic(1.0, named=False))
    assert [line.holds for line in report.lines] == [True, False]
    assert [line.verdict for line in report.lines] == ["proved", "not checked"]
    assert report.first_wrong is None
    assert not report
    assert report.lines[1].evidence == (
        "not checked: line 1 holds for y = 1, so that this graph is none for y = 0: make y a leaf"
    )


def test_a_wrong_line_of_the_case_that_the_graph_is_shown_to_be_is_wrong():
    page = f"{BOTH}\ndL/dz = 1 - a for y = 1"
    report = check_derivation(page, logistic(1.0, named=False))
    assert report.first_wrong is not None
    assert report.first_wrong.number == 3


def test_what_does_not_depend_on_the_label_tells_nothing_of_the_graph():
    page = f"da/dz = a*(1 - a) for y = 0\n{BOTH}"
    report = check_derivation(page, logistic(1.0, named=False))
    assert [line.verdict for line in report.lines] == ["proved", "proved", "not checked"]


@pytest.mark.parametrize("y", [1, 1.0])
def test_of_a_label_that_is_a_number_the_other_case_is_not_checked(y):
    report = check_derivation(BOTH + "\ndL/dz = 1 - a for y = 1", logistic(1.0, named=False) | {"y": y})
    assert [line.verdict for line in report.lines] == ["proved", "not checked", "wrong"]
    assert report.lines[1].evidence.startswith("not checked: y is 1 here and no Value")


def test_of_a_label_that_is_computed_the_other_case_is_not_checked():
    x, w = Value(1.5), Value(0.8)
    y = x - 0.5
    p = w * x
    L = (p - y) ** 2 / 2
    report = check_derivation("dL/dp = p - 1 for y = 1\ndL/dp = p for y = 0", {"x": x, "w": w, "y": y, "p": p, "L": L})
    assert [line.verdict for line in report.lines] == ["here", "not checked"]
    assert "computed from others" in report.lines[1].evidence
    assert report.first_wrong is None
    assert not report


def test_an_index_is_no_label():
    x, w = [Value(1.5), Value(0.3)], Value(0.8)
    h = [w * each for each in x]
    report = check_derivation("dh_i/dw = x_i for i = 1\ndh_i/dw = 2x_i for i = 1", {"x": x, "w": w, "h": h})
    assert [line.holds for line in report.lines] == [True, False]
    assert report.first_wrong is not None


# Without a word of it


def test_what_leaves_the_label_out_holds_at_this_point_only_and_says_for_which_label():
    report = check_derivation("L = -log(a)\ndL/da = -1/a\ndL/dz = a - 1", logistic(1.0))
    assert [line.verdict for line in report.lines] == ["here"] * 3
    assert [line.evidence for line in report.lines[:2]] == ["at this point only, for y = 1, to 15 digits"] * 2
    assert "1 stands for y" in report.lines[2].evidence


@pytest.mark.parametrize("line", ["dL/da = -1/a", "L = -log(a)", "dL/da = -y/a"])
def test_a_term_that_is_forgotten_is_wrong_where_the_label_does_not_hide_it(line):
    assert not check_derivation(line, logistic(0.3))


def test_a_term_that_is_forgotten_in_a_formula_with_the_label_is_wrong_for_every_label():
    assert holds("dL/da = -y/a", logistic(1.0)) == [False]


def test_a_weight_that_happens_to_be_1_is_no_label():
    x, w, v, t = Value(1.5), Value(0.8), Value(1.0), Value(0.4)
    h = sigmoid(w * x)
    p = v * h
    J = (p - t) ** 2 / 2
    [line] = check_derivation("dJ/dh = p - t", {"x": x, "w": w, "v": v, "t": t, "h": h, "p": p, "J": J}).lines
    assert line.verdict == "wrong"
    assert "by coincidence" in line.evidence


@pytest.mark.parametrize(
    "page",
    [
        "dL/dz = a - 1 for y = 0 and y = 1",
        "dL/dz = a - 1 for both y = 0 and y = 1",
        "For y = 0 and for y = 1:\ndL/dz = a - 1",
        "dL/dz = a - y for y ∈ {0,1}",
    ],
)
def test_a_line_for_several_labels_at_once_is_not_read(page):
    report = check_derivation(page, logistic(1.0))
    assert [line.number for line in report.unread] == [page.count("\n") + 1]
    assert not report


# Of the labels of one example, of which one is 1, a case sets them all


def softmax_of(true, *, count=3):
    """Scores, a softmax and the cross-entropy with a one-hot label."""
    s = [Value(0.3 * k - 0.4) for k in range(count)]
    p = softmax(s)
    t = [Value(float(k == true)) for k in range(count)]
    return {"s": s, "p": p, "t": t, "L": -total([t[k] * log(p[k]) for k in range(count)])}


@pytest.mark.parametrize("true", [0, 1, 2])
def test_a_label_that_is_1_sets_the_other_labels_of_its_example_to_0(true):
    page = "Case t_1 = 1:\ndL/ds_1 = p_1 - 1\ndL/ds_2 = p_2\ndL/dp_2 = 0\nL = -log(p_1)"
    report = check_derivation(page, softmax_of(true))
    assert [line.evidence for line in report.lines] == ["proved, for t_1 = 1"] * 4, str(report)


@pytest.mark.parametrize("true", [0, 1, 2])
def test_a_label_that_is_0_leaves_open_which_other_class_is_the_true_one(true):
    assert holds("dL/ds_1 = p_1 for t_1 = 0\ndL/ds_2 = p_2 for t_1 = 0", softmax_of(true)) == [True, False]
    [line] = check_derivation("dL/ds_2 = p_2 for t_1 = 0", softmax_of(true)).lines
    assert line.evidence == "wrong for t_1 = 0, t_2 = 1"


@pytest.mark.parametrize("true", [0, 1, 2])
def test_a_line_in_cases_for_each_class_holds_for_each_class(true):
    assert holds("dL/ds_i = p_i - 1 if t_i = 1, p_i otherwise", softmax_of(true)) == [True]
    assert holds("dL/ds_i = p_i - 1 if t_i = 1, 1 - p_i otherwise", softmax_of(true)) == [False]


def test_the_labels_of_two_examples_with_two_classes_are_set_one_by_one():
    y, z = [Value(1.0), Value(0.0)], [Value(0.4), Value(-0.7)]
    a = [sigmoid(each) for each in z]
    J = -total([t * log(p) + (1 - t) * log(1 - p) for t, p in zip(y, a, strict=True)])
    nodes = {"y": y, "z": z, "a": a, "J": J}
    assert holds("J = -log(a_1) - log(a_2) for y_2 = 1\nJ = -log(1 - a_1) - log(a_2) for y_2 = 1", nodes) == [
        True,
        False,
    ]


# A slip in the formula of a case has its name


def said(line, nodes):
    """The mistakes that are named in a line."""
    return [*map(str, check_derivation(line, nodes).lines[0].mistakes)]


@pytest.mark.parametrize(
    ("line", "label", "mistake"),
    [
        ("dL/dz = a - 1", 0.0, "another case: it is right for y = 1; here y = 0"),
        ("dL/dz = a", 1.0, "another case: it is right for y = 0; here y = 1"),
        ("dL/da = 1/(1 - a)", 1.0, "another case: it is right for y = 0; here y = 1"),
        ("dL/da = -1/a for y = 0", 1.0, "another case: it is right for y = 1; here y = 0"),
        ("L = -log(a)", 0.0, "another case: it is right for y = 1; here y = 0"),
        ("dL/dz = 1 - a", 1.0, "sign: it is dL/dz with the other sign"),
        ("dL/da = 1/a", 1.0, "sign: it is dL/da with the other sign"),
        ("dL/da = -1/(1 - a)", 0.0, "sign: it is dL/da with the other sign"),
    ],
)
def test_a_line_for_another_label_and_a_slip_for_this_one_are_told_apart(line, label, mistake):
    assert said(line, logistic(label)) == [mistake]


def test_a_line_for_another_class_is_told():
    assert said("dL/ds[0] = p[0] - 1", softmax_of(1)) == ["another case: it is right for t[0] = 1; here t[1] = 1"]
    assert said("dL/ds_2 = p_2 - 1 for t_1 = 1", softmax_of(1)) == [
        "another case: it is right for t_2 = 1; here t_1 = 1"
    ]
    assert said("dL/dp[1] = 1/p[1]", softmax_of(1)) == ["sign: it is dL/dp[1] with the other sign"]


def test_a_line_for_the_other_side_of_a_kink_is_told():
    z = Value(0.5)
    h = relu(z)
    s = Value(1.2)
    L = maximum(0, 1 - s)
    assert said("dh/dz = 0", {"z": z, "h": h}) == ["another case: it is right where z < 0; here z > 0"]
    assert said("dL/ds = -1", {"s": s, "L": L}) != []
    low = Value(0.2)
    below = {"s": low, "L": maximum(0, 1 - low)}
    assert said("dL/ds = 0", below) == ["another case: it is right where 1 - s < 0; here 1 - s > 0"]


# One-hot labels that no node is computed from: the loss took the class from a list of numbers


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("dL/dZ = (P - Y)/m", True),
        ("∂L/∂Z_{ij} = (P_{ij} - Y_{ij})/m", True),
        ("dZ = (P - Y) / m", True),
        ("dL/dZ = (Y - P)/m", False),
        ("dL/dZ = P/m", False),
        ("∂L/∂Z_{ij} = (P_{ij} - Y_{ji})/m", False),
        ("∂L/∂Z_{13} = (P_{13} - c)/m", False),  # c is 1, as the label is, and stands for nothing
    ],
)
def test_one_hot_labels_beside_the_loss_are_constants(line, holds):
    m, classes = 3, (2, 0, 0)
    Z = [[Value(0.3 * i - 0.7 * j + 0.1 * i * j) for j in range(3)] for i in range(m)]
    P = [softmax(row) for row in Z]
    Y = [[Value(float(k == label)) for k in range(3)] for label in classes]
    L = -(log(P[0][2]) + log(P[1][0]) + log(P[2][0])) / m
    report = check_derivation(line, {"Z": Z, "P": P, "Y": Y, "L": L, "m": m, "c": Value(1.0)}, output=L)
    assert bool(report) == holds, report
