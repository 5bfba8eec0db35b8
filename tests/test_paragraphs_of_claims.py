"""Pages whose claims stand in paragraphs of their own: what was said above them, and what they go on with.

The verdicts are those of the softmax derivative, p_i (δ_ij − p_j), and of first-year calculus.
"""

import pytest

from autograd import Value, check_derivation, exp, log, sin, softmax


@pytest.fixture
def nodes():
    z = [Value(0.4), Value(-0.3), Value(0.9)]
    p = softmax(z)
    y = [Value(0.0), Value(1.0), Value(0.0)]
    L = -sum(a * log(b) for a, b in zip(y, p, strict=True))
    return {"z": z, "p": p, "y": y, "L": L}


STEPS = r"""If $i = j$ this gives:

$\frac{dp_i}{dz_j} = \frac{e^{z_i}}{\sum e^{z_d}} \cdot \left(\frac{\sum e^{z_d} - e^{z_i}}{\sum e^{z_d}}\right)$

$\frac{dp_i}{dz_j} = SAME$

If $i \ne j$ this gives:

$\frac{dp_i}{dz_j} = \frac{\sum e^{z_d} \cdot 0 - e^{z_i} \cdot e^{z_j}}{(\sum e^{z_d})^2}$

$\frac{dp_i}{dz_j} = OTHER$
"""


def test_a_condition_holds_as_long_as_the_left_side_stays_the_same(nodes):
    report = check_derivation(STEPS.replace("SAME", "p_i(1 - p_i)").replace("OTHER", "-p_i p_j"), nodes)
    assert report, report
    assert [line.entries for line in report.lines] == [(3, 3), (3, 3), (6, 6), (6, 6)]


def test_a_wrong_step_of_such_a_paragraph_is_wrong(nodes):
    report = check_derivation(STEPS.replace("SAME", "p_i(1 + p_i)").replace("OTHER", "p_i p_j"), nodes)
    assert [line.holds for line in report.lines] == [True, False, True, False]


def test_words_between_two_paragraphs_end_the_condition(nodes):
    page = "If $i = j$:\n\n$\\frac{dp_i}{dz_j} = p_i(1 - p_i)$\n\nIn general\n\n$\\frac{dp_i}{dz_j} = p_i(1 - p_i)$"
    report = check_derivation(page, nodes)
    assert [line.entries for line in report.lines] == [(3, 3), (3, 9)]


BOTH = [
    r"\begin{cases} p_i(1 - p_i) & i = j \\ -p_i p_j & i \ne j \end{cases}",
    r"p_i(\delta_{ij} - p_j)",
]


@pytest.mark.parametrize("both", BOTH)
def test_a_formula_for_all_cases_is_not_under_the_condition_above_it(nodes, both):
    page = f"If $i \\ne j$:\n\n$\\frac{{dp_i}}{{dz_j}} = -p_i p_j$\n\n$\\frac{{dp_i}}{{dz_j}} = {both}$"
    report = check_derivation(page, nodes)
    assert [line.entries for line in report.lines] == [(6, 6), (9, 9)]


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        (r"$\frac{dL}{dz_j} = -\sum y_i \frac{1}{p_i} \frac{dp_i}{dz_j} = p_j - y_j$", True),
        (r"$\frac{dL}{dz_j} = -\sum y_i \frac{dp_i}{dz_j} / p_i = \sum_i y_i (p_j - \delta_{ij})$", True),
        (r"$p_i = \frac{e^{z_i}}{\sum e^{z_k}} = 1 - \frac{\sum e^{z_k} - e^{z_i}}{\sum e^{z_k}}$", True),
        (r"$p_i = 1 - \frac{\sum e^{z_k} + e^{z_i}}{\sum e^{z_k}}$", False),
    ],
)
def test_each_of_several_bare_sums_has_its_letter(nodes, line, holds):
    report = check_derivation(line, nodes)
    assert [each.holds for each in report.lines] == [holds], report


def test_products_right_behind_a_number_are_no_words():
    b, y, x = Value(0.5), Value(0.7), Value(1.2)
    nodes = {"b": b, "y": y, "x": x, "c": b * y * x * 2}
    assert check_derivation("∂c/∂x = 2by\n∂c/∂y = 2bx", nodes)
    assert not check_derivation("∂c/∂x = 2bx", nodes)


def calculus():
    x, y = Value(1.0), Value(2.0)
    return {"x": x, "y": y, "f": x * x * y - x + 2 * y}


EXERCISE = r"""Evaluate f_x and f_y of
\(f(x, y) = x^2y - x + 2y\) at (1,2)

We keep y fixed.
\(f_x(x, y) = 2xy - 1\)
Now substitute (1,2)
\(= 2*1*2 - 1\)
= 3

We keep x fixed.
\(f_y(x, y) = x^2 + 2\)
Now substitute (1,2)
\(= VALUE\)

The total differential is
\(df = f_x dx + f_y dy\)
\(df = (2xy - 1) dx + (x^2 + 2) dy\)
"""


@pytest.mark.parametrize(("value", "holds"), [("1^2 + 2 = 3", True), ("2^2 + 2 = 6", False)])
def test_an_exercise_of_calculus_is_read_from_the_function_to_its_differential(value, holds):
    report = check_derivation(EXERCISE.replace("VALUE", value), calculus())
    assert not report.unread
    assert [line.holds for line in report.lines] == [True, True, holds, True, True], report


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("f'(x) = e^{-x^2} (3 cos 3x − 2x sin 3x)", True),
        ("f'(x) = e^{-x^2} (3 cos 3x + 2x sin 3x)", False),
        ("f(x) = e^{-x^2} sin 3x", True),
    ],
)
def test_a_function_without_parentheses_reaches_over_a_number_and_a_name(line, holds):
    x = Value(0.4)
    report = check_derivation(line, {"x": x, "f": exp(-x * x) * sin(3 * x)})
    assert [each.holds for each in report.lines] == [holds], report
