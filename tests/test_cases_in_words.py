"""What a page says in words about when a claim holds: the two cases of the softmax derivative, as people write them.

∂p_i/∂z_j is p_i (1 − p_i) on the diagonal and −p_i p_j beside it, as any textbook has it: 3 entries and 6.
"""

from itertools import product

import pytest

from autograd import Value, check_derivation, relu, softmax, where

SAME, OTHER = r"\frac{\partial p_i}{\partial z_j} = p_i(1-p_i)", r"\frac{\partial p_i}{\partial z_j} = -p_i p_j"
PAGES = [
    "Case 1: i = j\n\n$SAME$\n\nCase 2: i ≠ j\n\n$OTHER$",
    "**Case 1: $i = j$**\n\n$$SAME$$\n\n**Case 2: $i \\neq j$**\n\n$$OTHER$$",
    "### Case 1: $i = j$\n\n$$SAME$$\n\n### Case 2: $i \\neq j$\n\n$$OTHER$$",
    "(a) $i = j$\n$$SAME$$\n(b) $i \\ne j$\n$$OTHER$$",
    "i = j: $SAME$\ni ≠ j: $OTHER$",
    "i = j:\n$SAME$\ni ≠ j:\n$OTHER$",
    "Case 1 (i = j): $SAME$\nCase 2 (i ≠ j): $OTHER$.",
    "**Case 1** ($i = j$):\n$$SAME$$\n**Case 2** ($i \\neq j$):\n$$OTHER$$",
    "Diagonal (i = j): $SAME$\nOff-diagonal (i ≠ j): $OTHER$",
    "For i=j we have\n\n$SAME$\n\nand for i≠j\n\n$OTHER$",
    "For $i = j$: $SAME$. For $i \\neq j$: $OTHER$.",
    "$SAME$ for $i = j$, and $OTHER$ for $i \\neq j$.",
    "$SAME$ if $i=j$ and $OTHER$ if $i \\neq j$.",
    "$SAME$ ($i=j$), $OTHER$ ($i \\neq j$)",
    "$SAME$ if $i = j$ and $OTHER$ otherwise.",
    "If $i=j$ then $SAME$, otherwise $OTHER$.",
    "If $i=j$,\n$$SAME$$\nelse\n$$OTHER$$",
    "If $i=j$,\n\n$$SAME$$\n\nOtherwise,\n\n$$OTHER$$",
    "\\begin{align} &i = j: & SAME \\\\ &i \\neq j: & OTHER \\end{align}",
    "Now consider the case where $i = j$.\n$$SAME$$\nSuppose $i \\neq j$. Then\n$$OTHER$$",
    "When $i = j$ the derivative is\n$$SAME$$\nIn the second case, $i \\ne j$, we get\n$$OTHER$$",
    "$$SAME, \\quad \\text{when } i=j$$\n$$OTHER, \\qquad \\text{else}$$",
    "If $i=j$: $SAME$, else: $OTHER$",
    "If $i=j$, $SAME$\nElse, $OTHER$",
    "Diagonal (i = j): $SAME$. Off-diagonal (i ≠ j): $OTHER$.",
    "$SAME$ for $i = j$\n\n$OTHER \\quad\\text{as long as }i\\neq j$",
    "$SAME$ in case $i = j$\n\n$OTHER$ so long as $i \\ne j$",
    "$SAME$ falls $i = j$\n\n$OTHER$ für $i \\ne j$",
    "$SAME$ falls $i = j$, sonst $OTHER$",
    "$SAME$ provided $i = j$\n\n$$\\text{Case } i \\neq j: \\quad OTHER$$",
]


@pytest.fixture
def nodes():
    z = [Value(0.4), Value(-0.3), Value(0.9)]
    return {"z": z, "p": softmax(z)}


def written(page, other=OTHER):
    return page.replace("SAME", SAME).replace("OTHER", other)


@pytest.mark.parametrize("page", PAGES)
def test_a_case_in_words_is_the_condition_of_the_claim_beside_it(nodes, page):
    report = check_derivation(written(page), nodes)
    assert report, str(report)
    assert [line.entries for line in report.lines] == [(3, 3), (6, 6)]


@pytest.mark.parametrize("page", PAGES)
def test_a_wrong_claim_under_its_condition_is_wrong(nodes, page):
    report = check_derivation(written(page, OTHER.replace("-", "")), nodes)
    assert [line.holds for line in report.lines] == [True, False]
    assert not report.unread


@pytest.mark.parametrize("words", ["and after some algebra,", "# The loss", "This is not i = j."])
def test_a_condition_ends_where_the_page_speaks_of_something_else(nodes, words):
    report = check_derivation(f"Case 1: i = j\n\n${SAME}$\n\n{words}\n\n${SAME}$", nodes)
    assert [line.entries for line in report.lines] == [(3, 3), (3, 9)]


def test_a_condition_with_a_letter_that_the_claim_has_not_says_nothing_of_it(nodes):
    assert check_derivation("When $i=j$:\n$$\\frac{\\partial p_i}{\\partial z_i} = p_i(1-p_i)$$", nodes)


def test_what_equates_unknown_names_is_no_condition(nodes):
    report = check_derivation(f"e = h\n$$\\text{{For }} i = j: {SAME}$$", nodes)
    assert [unread.number for unread in report.unread] == [1]


def test_otherwise_is_the_opposite_of_a_condition_on_a_node():
    x = Value(0.5)
    nodes = {"x": x, "y": x * 3, "L": x * 6}
    report = check_derivation("If x < 0, dL/dx = 2\n\notherwise dL/dx = 6", nodes)
    assert report.lines[-1].holds
    assert not check_derivation("If x > 0, dL/dx = 6\n\notherwise dL/dx = 7", nodes)


@pytest.mark.parametrize("one", ["1{i=j}", "1(i=j)", "1_{i=j}", "1[i = j]", "1_{i==j}"])
def test_an_indicator_may_have_any_brackets(nodes, one):
    assert check_derivation(f"∂p_i/∂z_j = p_i({one} - p_j)", nodes)
    assert not check_derivation(f"∂p_i/∂z_j = p_i({one} + p_j)", nodes)


PLAIN = "∂p_i/∂z_j = p_i(1-p_i)   # i == j\n∂p_i/∂z_j = -p_i p_j   # i != j"


def test_a_comment_behind_a_claim_says_for_which_indices_it_holds(nodes):
    assert [line.entries for line in check_derivation(PLAIN, nodes).lines] == [(3, 3), (6, 6)]
    wrong = check_derivation(PLAIN.replace("-p_i p_j", "p_i p_j"), nodes)
    assert [line.holds for line in wrong.lines] == [True, False]


CASES = [
    r"\left\{\begin{array}{ll} A & i=j \\ B & i\neq j\end{array}\right.",
    r"\left\{\begin{array}{ll} A & \text{if } i=j \\ B & \text{otherwise}\end{array}\right.",
    r"\left\{ \begin{matrix} A & i=j \\ B & i \neq j \end{matrix} \right.",
    r"\left\{ \begin{aligned} &A, && i=j \\ &B, && i \neq j \end{aligned} \right.",
    r"\begin{cases} A & \text{for } i=j \\ B & \text{else}\end{cases}",
    r"\begin{cases} A & \text{falls } i=j \\ B & \text{sonst}\end{cases}",
]


@pytest.mark.parametrize("cases", CASES)
def test_what_stands_behind_a_brace_are_cases_whatever_lays_them_out(nodes, cases):
    claim = r"$$\frac{\partial p_i}{\partial z_j} = " + cases.replace("A", "p_i(1-p_i)") + "$$"
    assert [line.entries for line in check_derivation(claim.replace("B", "-p_ip_j"), nodes).lines] == [(9, 9)]
    assert [line.holds for line in check_derivation(claim.replace("B", "p_ip_j"), nodes).lines] == [False]


@pytest.mark.parametrize(
    "cases",
    [
        r"\begin{cases} p_i(1-p_i) \\ -p_ip_j \end{cases}",
        r"\begin{cases} p_i(1-p_i) & \text{if all is well} \\ -p_ip_j & \text{otherwise} \end{cases}",
        r"\begin{cases} p_i(1-p_i) & i = j \\ -p_ip_j & \text{if not} \end{cases}",
    ],
)
def test_cases_that_do_not_say_when_they_hold_are_not_read(nodes, cases):
    report = check_derivation(r"$$\frac{\partial p_i}{\partial z_j} = " + cases + "$$", nodes)
    assert len(report.unread) == 1
    assert not report.lines


HEADINGS = [
    (r"\paragraph{Case $i=j$.}", r"\paragraph{Case $i\neq j$.}"),
    (r"\subsection*{Case 1: $i=j$}", r"\subsection*{Case 2: $i\neq j$}"),
    (r"\textbf{Case 1: $i=j$.}", r"\textbf{Case 2: $i\neq j$.}"),
]


@pytest.mark.parametrize(("same", "other"), HEADINGS)
def test_a_heading_of_latex_says_for_which_indices_the_claims_below_it_hold(nodes, same, other):
    report = check_derivation(f"{same}\n\\[{SAME}\\]\n{other}\n\\[{OTHER}\\]", nodes)
    assert [line.entries for line in report.lines] == [(3, 3), (6, 6)]


@pytest.mark.parametrize("line", ["$OTHER$ (off-diagonal)", "Off-diagonal: $OTHER$", "off-diagonal entries: $OTHER$"])
def test_a_diagonal_in_words_is_not_read(nodes, line):
    report = check_derivation(written(line), nodes)
    assert "in words" in report.unread[0].why
    assert not report.lines


def test_several_letters_may_each_have_a_range():
    x, z = [Value(0.5), Value(-0.7)], [Value(0.1), Value(0.2), Value(0.3)]
    L = sum(a * b for a in x for b in z)
    nodes = {"x": x, "z": z, "L": L, "P": [[a * b for a in x] for b in z]}
    for line in ("For j=1,2,3 and i=1,2:\nP_ji = z_j x_i", "P_{ji} = z_j x_i for j = 1, 2, 3 and i = 1, 2"):
        assert [each.entries for each in check_derivation(line, nodes).lines] == [(6, 6)]


# Cases beside a claim, and in a line of LaTeX without dollars


RELU = [
    r"\frac{\partial a}{\partial z} = \begin{cases} %s & z > 0 \\ 0 & z \le 0 \end{cases}",
    r"\frac{da}{dz} = \begin{cases} %s & \text{if } z > 0 \\ 0 & \text{otherwise} \end{cases}",
    "da/dz = %s if z > 0 else 0",
    "da/dz = %s if z > 0, 0 otherwise",
    "$da/dz = %s$ if $z > 0$, $0$ otherwise",
    "da/dz = %s for z > 0, 0 for z < 0",
]


@pytest.mark.parametrize("line", RELU)
@pytest.mark.parametrize("mark", ["", "- ", "* ", "1. "])
@pytest.mark.parametrize("z", [0.7, -0.7])
def test_cases_on_a_line_are_read_and_shown_as_they_are_written(line, mark, z):
    nodes = {"z": (z := Value(z)), "a": relu(z)}
    report = check_derivation(mark + line % 1, nodes)
    assert report, report
    assert [each.claim for each in report.lines] == [line % 1]
    assert bool(check_derivation(mark + line % 2, nodes)) == (z.data < 0)
    assert bool(check_derivation(mark + line % -1, nodes)) == (z.data < 0)


@pytest.mark.parametrize("z", [0.7, -0.7])
def test_dollars_within_the_text_of_cases_do_not_end_the_formula(z):
    nodes = {"z": (z := Value(z)), "a": relu(z)}
    for dollar, comma, stop in product(("$", ""), (",", ""), (".", "")):
        cases = rf"\begin{{cases}} %s & \text{{if $z > 0${comma}}} \\ 0 & \text{{if $z \le 0${stop}}} \end{{cases}}"
        line = rf"{dollar}\frac{{da}}{{dz}} = {cases}{dollar}"
        assert check_derivation(line % 1, nodes)
        assert bool(check_derivation(line % 2, nodes)) == (z.data < 0)


def test_cases_below_the_sign_of_their_claim_are_read_without_dollars():
    z = Value(0.7)
    nodes = {"z": z, "a": relu(z)}
    page = "a = relu(z)\n\\frac{da}{dz} =\n  \\begin{cases}\n  %s & z > 0 \\\\\n  0 & z < 0\n  \\end{cases}\nda/dz = 1"
    assert [line.verdict for line in check_derivation(page % 1, nodes).lines] == ["proved"] * 3
    assert [line.holds for line in check_derivation(page % 2, nodes).lines] == [True, False, True]
    words = check_derivation(page.replace(r"\frac{da}{dz}", "the slope of a") % 2, nodes)
    assert len(words.lines) == 2


def test_cases_over_several_lines_are_shown_with_what_parts_them():
    z = Value(0.7)
    page = "$$\n\\frac{da}{dz} = \\begin{cases}\n1 & z > 0 \\\\\n0 & z \\leq 0\n\\end{cases}\n$$"
    [line] = check_derivation(page, {"z": z, "a": relu(z)}).lines
    assert line.claim == r"\frac{da}{dz} = \begin{cases} 1 & z > 0 \\ 0 & z \leq 0 \end{cases}"


def test_a_claim_for_another_side_of_a_kink_says_so():
    z = Value(-0.7)
    report = check_derivation("da/dz = 1 if z > 0", {"z": z, "a": relu(z)})
    assert not report
    assert "not so here" in report.unread[0].why


@pytest.mark.parametrize(
    ("line", "n", "holds"),
    [
        ("df/dn = 1 for n > 0 and α for n < 0", 0.7, True),
        ("df/dn = 1 for n > 0 and α for n < 0", -0.7, True),
        ("df/dn = α for n > 0 and 1 for n < 0", 0.7, False),
        ("df/dn = 1 for n > 0 and 0 for n < 0", -0.7, False),
        ("df/dn = 1 if n > 0 and α otherwise", -0.7, True),
        ("df/dn = 1 if n > 0 and 0 otherwise", -0.7, False),
    ],
)
def test_two_cases_with_and_between_them_are_cases_of_one_claim(line, n, holds):
    """f is n above 0, and n/10 below: its slope is 1 there, and 1/10 here."""
    node = Value(n)
    report = check_derivation(line, {"n": node, "α": 0.1, "f": where(node > 0, node, node * 0.1)})
    assert not report.unread, report
    assert [line.holds for line in report.lines] == [holds]
