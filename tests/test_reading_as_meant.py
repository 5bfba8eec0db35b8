"""What a page leaves to its reader: cases in words, sums without an index, rows that go on. Verdicts by hand."""

import re
from pathlib import Path

import pytest

import autograd.notation
from autograd import Value, check_derivation, dot, relu, sigmoid, softmax, tanh
from autograd import sum as total


def softmax_of_three():
    """∂p_i/∂z_j is p_i(1 − p_i) for i = j, and −p_i p_j else."""
    z = [Value(0.4), Value(-0.3), Value(0.9)]
    return {"z": z, "p": softmax(z)}


def line_fitted():
    """E is the mean of (y − q)², with q = m x + c: ∂E/∂c = −2/n Σ (y_i − q_i)."""
    x, y = [Value(v) for v in (0.5, -1.0, 2.0, 0.25)], [Value(v) for v in (1.0, 0.5, -0.5, 2.0)]
    m, c = Value(0.7), Value(-0.2)
    q = [m * each + c for each in x]
    errors = [(a - b) ** 2 for a, b in zip(y, q, strict=True)]
    return {"x": x, "y": y, "q": q, "m": m, "c": c, "n": 4, "E": total(errors) / 4}


def neuron():
    """∂L/∂a is a − y, and ∂L/∂z is (a − y) a (1 − a), for L = ½(a − y)² and a = σ(z)."""
    z, y = Value(0.5), Value(1.0)
    a = sigmoid(z)
    return {"z": z, "y": y, "a": a, "L": (a - y) ** 2 / 2}


def verdicts(text, nodes, **options):
    report = check_derivation(text, nodes, **options)
    assert not report.unread, report
    return [line.holds for line in report.lines]


def is_not_read(text, nodes):
    """Some line is not read, none is called wrong, and the page is not true."""
    report = check_derivation(text, nodes)
    assert report.unread, report
    assert all(line.holds for line in report.lines), report
    assert not report
    return report.unread[-1].why


def test_the_map_of_refusals_names_each_module_that_words_one():
    words = re.compile(
        r"""(?:refuse|refusal|_no|_not_read|[a-z]Error|Refusal|ShapesDiffer|NoItem)\((?:[^()]|\([^()]*\))*?f?"
        |_ADVICE|DENIED\s=|UNCLEAR\s=|return\sf?"[^"]*write""",
        re.VERBOSE,
    )
    folder = Path(autograd.notation.__file__).parent
    refusing = {path.stem for path in folder.glob("[!_]*.py") if words.search(path.read_text(encoding="utf-8"))}
    told = autograd.notation.__doc__.partition("Why a line is not read")[2]
    assert set(re.findall(r"`(\w+)`", told)) == refusing


EQUAL, OTHERS = "∂p_i/∂z_j = p_i(1 − p_i)", "∂p_i/∂z_j = −p_i p_j"


@pytest.mark.parametrize(
    "page",
    [
        "Case 1: i = j\nA\nCase 2: i ≠ j\nB",
        "Case 1 (i = j): A\nCase 2 (i ≠ j): B",
        "i = j: A\ni ≠ j: B",
        "For i=j we have\n\nA\n\nand for i≠j\n\nB",
        "**Case 1: $i = j$**\n\nA\n\n**Case 2: $i \\ne j$**\n\nB",
        "For the same class, i = j:\nA\nFor the others, i ≠ j:\nB",
    ],
)
def test_a_case_in_words_is_that_of_the_claims_below_it(page):
    nodes = softmax_of_three()
    assert verdicts(page.replace("A", EQUAL).replace("B", OTHERS), nodes) == [True, True]
    assert verdicts(page.replace("A", OTHERS).replace("B", EQUAL), nodes) == [False, False]


def test_a_case_says_nothing_of_a_claim_that_has_one_letter_for_both():
    text = "When $i=j$:\n$$\\frac{\\partial p_i}{\\partial z_i} = p_i(1-p_i)$$"
    assert verdicts(text, softmax_of_three()) == [True]


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        ("∂E/∂c = −2/n Σ (y_i − q_i)", True),
        ("∂E/∂c = (-2/n) Σ (y_i - q_i)", True),
        (r"$$\frac{\partial E}{\partial m} = \frac{-2}{n} \sum x_i (y_i - q_i)$$", True),
        ("∂E/∂m = −2/n Σ (y_i − q_i)", False),
        ("E = 1/n Σ (y_i − q_i)²", True),
        ("E = 1/(2n) Σ (y_i − q_i)²", False),
        ("E = 1/(n) Σ_{i=1}^n (y_i − q_i)²", True),
    ],
)
def test_a_sum_without_an_index_is_over_the_letter_that_the_left_side_has_not(claim, holds):
    assert verdicts(claim, line_fitted()) == [holds]


@pytest.mark.parametrize("claim", ["∂E/∂q_i = (-2/n) Σ (y_i - q_i)", "∂E/∂c = −2 Σ m"])
def test_a_sum_of_which_no_letter_tells_what_over_is_not_read(claim):
    assert "what it sums over" in is_not_read(claim, line_fitted())


@pytest.mark.parametrize(
    "text",
    [
        "dL/dz, by the chain rule, = a - y",
        "dL/dz = `a - y`",
        "dL/dz $= a - y$",
        r"$\frac{\partial L}{\partial z}$ is $= a - y$",
        "dL/dz: = a - y",
        "dL/dz. = a - y",
        "Then dL/dz\n= a - y",
        "The gradient for z\n= a - y",
        "Derivative w.r.t. z:\n\n= a - y",
        "**dL/dz:** = a - y",
        "Answer: = a - y",
    ],
)
def test_what_begins_with_an_equals_sign_never_goes_on_with_the_claim_above_other_words(text):
    report = check_derivation(f"dL/da = a - y\n{text}", neuron())
    assert not report, report
    assert report.lines[0].claim == "dL/da = a - y"
    assert report.lines[0].holds


@pytest.mark.parametrize("words", ["", "which simplifies to", "so we get", "and by the definition of a"])
def test_words_that_lead_on_leave_a_claim_to_go_on(words):
    text = f"$$\\frac{{dL}}{{dz}} = (a - y) a (1 - a)$$\n{words}\n$$= (a - y)(a - a^2)$$"
    assert verdicts(text, neuron()) == [True]
    assert verdicts(text.replace("a^2", "a"), neuron()) == [False]


@pytest.mark.parametrize(
    "rest", ["& a(1-a)", r"&\quad a(1-a)", r"& \sigma'(z)", r"& \frac{a(1-a)}{1}", "{}\\cdot a(1-a)"]
)
def test_a_row_below_the_right_side_goes_on_with_a_factor(rest):
    text = rf"\begin{{align}} \frac{{\partial L}}{{\partial z}} &= (a-y) \\ {rest} \end{{align}}"
    assert verdicts(text, neuron()) == [True]
    assert verdicts(text.replace("(a-y)", "(a-y)a(1-a)"), neuron()) == [False]


@pytest.mark.parametrize(
    "text",
    [
        r"$\frac{dL}{dz} = (a-y)a(1-a)\\ + y$",
        r"$$\frac{dL}{dz} = (a-y)a(1-a)$$" + "\n" + r"$$\cdot y$$",
        "dL/dz = (a-y)a(1-a), multiplied by y",
        "dL/dz = (a-y)a(1-a), squared",
        "$dL/dz = (a-y)a(1-a)$ divided by 2",
        "$dL/dz = (a-y)a(1-a)$ up to a factor 2",
        "dL/dz = (a-y)a(1-a) (wrong)",
        "new z = a - y",
    ],
)
def test_what_may_change_a_claim_is_not_cut_off_it(text):
    is_not_read(text, neuron())


@pytest.mark.parametrize(
    "text", ["Setting dL/da = 0 gives the optimum.", "We want $dL/da = 0$.", "dL/da = 0 at the minimum."]
)
def test_what_is_asked_for_is_no_claim(text):
    report = check_derivation(f"dL/da = a - y\n{text}", neuron())
    assert [line.holds for line in report.lines] == [True]


def test_a_differential_beside_a_number_is_not_read():
    assert "differential" in is_not_read("dL = (a - y) da + 1", neuron())


@pytest.mark.parametrize("spelled", [r"\operatorname{grad}_a L", "grad_a L"])
def test_a_gradient_beside_a_node_is_no_product(spelled):
    assert "∇" in is_not_read(f"{spelled} = a - y", neuron())


def test_a_power_beside_a_name_with_that_number_is_not_read_if_the_verdicts_differ():
    a, a2 = Value(0.3), Value(0.8)
    nodes = {"a": a, "a2": a2, "L": a**3 / 3 + a2}
    for claim in ("dL/da = a²", "dL/da = a^2"):
        assert "two ways" in is_not_read(claim, nodes)
    assert verdicts("dL/da = (a)^2\ndL/da2 = 1", nodes) == [True, True]


def test_a_column_and_a_list_beside_it_fit_off_a_program():
    W2, z1 = [[Value(0.7), Value(-0.4)]], [Value(0.2), Value(-0.9)]
    a1 = [sigmoid(z) for z in z1]
    z2 = dot(W2[0], a1)
    nodes = {"W2": W2, "z1": z1, "a1": a1, "z2": z2, "L": z2**2}
    claim = r"$\frac{\partial L}{\partial z_1} = W_2^T \frac{\partial L}{\partial z_2} \odot \sigma'(z_1)$"
    assert verdicts(claim, nodes) == [True]
    assert verdicts(claim.replace(r" \odot \sigma'(z_1)", ""), nodes) == [False]


@pytest.mark.parametrize(
    ("text", "holds"),
    [("w = w - 0.1*(-8) = 1.3", True), ("v = -8\nw = w - 0.1 v = 1.3", True), ("w = w - 0.1*(-8) = 1.4", False)],
)
def test_a_leaf_that_is_given_a_new_value_is_updated_and_its_number_is_checked(text, holds):
    w = Value(0.5)
    assert check_derivation(text, {"w": w, "L": -8 * w}).lines[-1].holds == holds


def test_cases_of_which_none_is_the_recorded_one_are_not_read():
    z = Value(0.5)
    nodes = {"z": z, "a": relu(z)}
    cases = r"$$\frac{da}{dz} = \begin{cases} 0 & z < 0 \\ 1 & z CONDITION \end{cases}$$"
    assert "none of the cases" in is_not_read(cases.replace("CONDITION", "< 0"), nodes)
    assert verdicts(cases.replace("CONDITION", "> 0"), nodes) == [True]


@pytest.mark.parametrize(("last", "holds"), [("hs[t-1]", True), ("hs[t]", False)])
def test_what_a_program_keeps_before_the_first_item_is_not_the_last_one(last, holds):
    """h_t = tanh(V h_{t−1}), L = ½ |h_3|², backward from the last step."""
    V, hprev, hs = [[Value(0.4), Value(-0.6)], [Value(0.3), Value(0.8)]], [Value(0.5), Value(-0.2)], []
    for _ in range(3):
        hs.append([tanh(dot(row, hs[-1] if hs else hprev)) for row in V])
    loss = total(h * h for h in hs[-1]) / 2
    program = f"""
        dV, dhnext = np.zeros_like(V), np.zeros_like(hprev)
        hs[-1] = np.copy(hprev)
        for t in reversed(range(3)):
            dh = (hs[t] if t == 2 else 0) + dhnext
            dhraw = (1 - hs[t] * hs[t]) * dh
            dV += np.outer(dhraw, {last})
            dhnext = np.dot(V.T, dhraw)
    """
    report = check_derivation(program, {"V": V, "hprev": hprev, "hs": hs, "loss": loss}, output=loss)
    assert not report.unread, report
    assert bool(report) == holds, report


@pytest.mark.parametrize(("factor", "holds"), [("q", True), ("p", False)])
def test_a_cache_is_unpacked_into_other_names(factor, holds):
    a, b, c = Value(0.3), Value(0.7), Value(2.0)
    m = a * b
    nodes = {"a": a, "b": b, "c": c, "m": m, "o": m * c}
    report = check_derivation(f"cache = (a, b)\n(p, q) = cache\ndm = c.copy()\nda = dm * {factor}", nodes)
    assert not report.unread, report
    assert bool(report) == holds, report


def test_nabla_begins_the_name_of_a_gradient_as_grad_does():
    w, x, y = Value(0.5), Value(2.0), Value(1.5)
    nodes = {"w": w, "x": x, "y": y, "C": (w * x - y) ** 2 / 2}
    assert check_derivation("nabla_w = (w*x - y).copy() * x", nodes)
    assert not check_derivation("nabla_w = (w*x - y).copy() * w", nodes)


@pytest.mark.parametrize(
    "text",
    [
        "| dL/dz | a + y |",
        r"| $\frac{\partial L}{\partial z}$ | $a + y$ |",
        "dL/dz => a + y",
        "dL/dz: $a - y$",
        "dL/dz: `a - y`",
        "\\frac{\\partial L}{\\partial z} = (a-y)a(1-a)\n\\cdot y",
        "If z = 0.5, dL/dz = (a-y)a(1-a), otherwise dL/dz = 0",
    ],
)
def test_a_formula_for_a_derivative_is_never_passed_over(text):
    assert not check_derivation(f"dL/da = a - y\n\n{text}", neuron())


@pytest.mark.parametrize("joined", [f"{EQUAL} (i = j), {OTHERS} (i ≠ j)", f"{EQUAL} for i = j, and {OTHERS} for i ≠ j"])
def test_a_condition_is_that_of_the_claim_before_it_alone(joined):
    assert verdicts(joined, softmax_of_three()) == [True, True]
    swapped = joined.replace("≠", "?").replace("=j", "≠j").replace("i = j", "i ≠ j").replace("i ? j", "i = j")
    assert verdicts(swapped, softmax_of_three()) == [False, False]


def test_a_gradient_that_is_given_in_a_dictionary_or_a_list_is_never_passed_over():
    w, x, y = Value(0.5), Value(2.0), Value(1.5)
    nodes = {"w": w, "x": x, "y": y, "C": (w * x - y) ** 2 / 2}
    right = "dw = (w*x - y) * x\n"
    assert check_derivation(right + "grads = dict(w=(w*x - y).copy() * x)", nodes)
    assert not check_derivation(right + "grads = dict(w=(w*x - y).copy() * w)", nodes)
    assert not check_derivation(right + "grads.append((w*x - y).copy() * w)", nodes)


# A point, and a T, belong to what stands right before them


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("df/dx(2) = 12", True),
        ("df/dx(2) = 24", False),
        ("f(2) = 8", True),
        (r"$\frac{d}{dx} f(2) = 12$", True),
        (r"$\frac{d}{dx} f(2) = 24$", False),
        ("∇_x f(2) = 24", False),
        ("df/dx(x) = 3x^2", True),
    ],
)
def test_a_point_in_parentheses_behind_the_left_side_is_no_factor(line, holds):
    x = Value(2.0)
    report = check_derivation(line, {"x": x, "f": x**3})
    assert [each.holds for each in report.lines] == [holds], report


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("Q = ABᵀ", True),
        ("$Q = AB^T$", True),
        ("P = (AB)ᵀ", True),
        (r"$P = (AB)^\top$", True),
        ("P = ABᵀ", False),
        ("Q = (AB)ᵀ", False),
        ("Q = (ABᵀ)", True),
        (r"$Q = (AB^\top - B) + B$", True),
        (r"$Q = \left(AB^{T} - A^T\right) + A^T$", True),
        ("Q = 2(ABᵀ − Bᵀ) − (ABᵀ − 2Bᵀ)", True),
        ("P = (ABᵀ − A) + A", False),
        (r"$P = (B + (AB)^T) - B$", True),
        (r"$P = \left( AB \right)^T$", True),
    ],
)
def test_a_transpose_behind_letters_is_that_of_the_last_as_a_power_is(line, holds):
    A, B = ([[Value(float(x)) for x in row] for row in rows] for rows in ([[1, 2], [3, 5]], [[0.5, -1], [2, 0.3]]))
    Q = [[dot(row, other) for other in B] for row in A]
    P = [[dot(row, column) for row in A] for column in zip(*B, strict=True)]
    assert bool(check_derivation(line, {"A": A, "B": B, "P": P, "Q": Q})) == holds


# What a heading says of a letter that the claim sums over


@pytest.mark.parametrize(
    "heading",
    [
        "For every example n and class k:",
        "For each n and k,",
        "For every example $n$:",
        "So for all n and k:",
    ],
)
@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("∂L/∂b_k = 1/N Σ_n 2 (p_nk − y_nk)", True),
        (r"$\frac{\partial L}{\partial b_k} = \frac{1}{N} \sum_n 2 (p_{nk} - y_{nk})$", True),
        ("∂L/∂b_k = 1/N Σ_n (p_nk − y_nk)", False),
        ("∂L/∂p_nk = 2 (p_nk − y_nk)/N", True),
    ],
)
def test_a_heading_for_every_n_leaves_a_sum_over_n_as_it_is(heading, line, holds):
    x = [[Value(0.4), Value(-1.1)], [Value(0.9), Value(0.3)], [Value(-0.6), Value(0.8)]]
    y = [[Value(1.0), Value(0.0)], [Value(0.0), Value(1.0)], [Value(0.5), Value(0.2)]]
    b = [Value(0.2), Value(-0.7)]
    p = [[each + bias for each, bias in zip(row, b, strict=True)] for row in x]
    L = sum((p[n][k] - y[n][k]) ** 2 for n in range(3) for k in range(2)) / 3
    report = check_derivation(f"{heading}\n{line}", {"x": x, "y": y, "b": b, "p": p, "L": L, "N": 3})
    assert not report.unread, report
    assert bool(report) == holds, report


# Which of two superscripts is a power, and of two names which is meant


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        (r"$\frac{dJ}{dZ^{[1]}} = 2 {A^{[1]}} \odot (1 - {A^{[1]}}^2)$", True),
        (r"dJ/dZ^{[1]} = 2 A^{[1]} \odot (1 - {A^{[1]}}^{2})", True),
        (r"$\frac{dJ}{dZ^{[1]}} = 2 A^{[1]} \odot (1 - {A^{[1]}}^{\circ 2})$", True),
        (r"$\frac{dJ}{dZ^{[1]}} = 2 A^{[1]} \odot (1 - {A^{[1]}}^3)$", False),
        (r"$\frac{dJ}{dZ_i} = 2 \hat{A}_i (1 - \hat{A}_i^2)$", True),
        (r"$\frac{dJ}{dZ_i} = \hat{A}_i (1 - \hat{A}_i^2)$", False),
    ],
)
def test_braces_around_a_label_make_what_follows_a_power_and_one_list_may_have_two_names(line, holds):
    Z = [Value(0.3), Value(-0.8), Value(1.1)]
    A = [tanh(z) for z in Z]
    J = A[0] ** 2 + A[1] ** 2 + A[2] ** 2
    nodes = {"Z1": Z, "A1": A, "A2": [Value(0.1), Value(0.2)], "J": J}
    names = nodes if "[1]" in line else {"Z": Z, "Ahat": A, r"\hat A": A, "J": J}
    report = check_derivation(line, names)
    assert not report.unread, report
    assert bool(report) == holds, report


def test_what_builds_on_a_gradient_that_was_not_read_is_not_judged_where_1_m_may_be_left_out():
    x, w = [Value(0.5), Value(-1.0)], Value(0.7)
    z = [w * each for each in x]
    nodes = {"x": x, "w": w, "z": z, "J": (z[0] ** 2 + z[1] ** 2) / 2, "m": 2}
    page = "$dz = \\foo{2z}$\n$dw = %s dz^T x$"
    report = check_derivation(page % "\\frac{1}{m}", nodes)
    assert [each.number for each in report.unread] == [1, 2]
    assert "line 1" in report.unread[1].why
    assert [each.holds for each in check_derivation(page % "", nodes).lines] == [True]
