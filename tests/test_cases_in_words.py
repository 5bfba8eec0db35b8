"""What a page says in words about when a claim holds: the two cases of the softmax derivative, as people write them.

∂p_i/∂z_j is p_i (1 − p_i) on the diagonal and −p_i p_j beside it, as any textbook has it: 3 entries and 6.
"""

import pytest

from autograd import Value, check_derivation, softmax

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
