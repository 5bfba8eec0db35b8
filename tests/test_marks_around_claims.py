"""What stands around a claim and is none of it: ends of proofs, marks, remarks, what is set above an =.

For a = σ(z) and L = ½(a − y)² the chain rule gives dL/da = a − y and dL/dz = (a − y)·a·(1 − a).
"""

import pytest

from autograd import Value, check_derivation, sigmoid

LINES = [
    r"$$LEFT \overset{(1)}{=} RIGHT$$",
    r"$$LEFT \stackrel{\text{chain}}{=} RIGHT$$",
    r"$$LEFT \overset{\text{chain rule}}{=} RIGHT$$",
    r"$$LEFT = RIGHT \quad (2)$$",
    r"$$LEFT = RIGHT \qquad \square$$",
    r"$$LEFT = RIGHT. \blacksquare$$",
    r"$$LEFT = \frac{1}{\cancel{2}} \cancel{2} RIGHT$$",
    r"\[\begin{aligned}[t] LEFT &= RIGHT \end{aligned}\]",
    r"$LEFT = RIGHT$\footnote{By the chain rule, 2 of it.}",
    r"$$LEFT = RIGHT \label{eq:1}$$ See \eqref{eq:1}.",
    r"\begin{align*} LEFT &= RIGHT && \text{power rule} \\ \frac{da}{dz} &= a(1-a) && \text{sigmoid} \end{align*}",
    r"\begin{align*} LEFT &= RIGHT, & (\text{power rule}) \\ \frac{da}{dz} &= a(1-a) & (\text{sigmoid}) \end{align*}",
    r"\begin{align*} \frac{da}{dz} &= a(1-a) \\ \intertext{Therefore} LEFT &= RIGHT \end{align*}",
    r"\begin{aligned} LEFT &= a - 1 \cdot y &&\text{(chain rule)}\\ &= RIGHT && \text{(simplified)} \end{aligned}",
    "[latex]LEFT = RIGHT[/latex]",
    ":<math>LEFT = RIGHT</math>",
    "dL/da = RIGHT   <- chain rule",
    "dL/da = RIGHT --> ok",
    "dL/da = RIGHT (*)",
    "dL/da = RIGHT [2 marks]",
    "dL/da = RIGHT (2 pts)",
    "dL/da = RIGHT (QED)",
    "dL/da = RIGHT :)",
    "'dL/da = RIGHT'",
    "“dL/da = RIGHT”",
    "« dL/da = RIGHT »",
    "==> dL/da = RIGHT",
    "---> dL/da = RIGHT",
    "da/dz = a(1 - a) ==> dL/da = RIGHT",
    "Q2 (4 pts.) dL/da = RIGHT",
    "~~dL/da = a + 2y~~\ndL/da = RIGHT",
]


@pytest.fixture
def nodes():
    w, y = Value(-0.18), Value(1.0)
    z = w * 1
    a = sigmoid(z)
    return {"w": w, "y": y, "z": z, "a": a, "L": (a - y) ** 2 / 2}


def written(line, right):
    return line.replace("LEFT", r"\frac{\partial L}{\partial a}").replace("RIGHT", right)


@pytest.mark.parametrize("line", LINES)
def test_what_stands_around_a_claim_leaves_it_as_it_is(nodes, line):
    report = check_derivation(written(line, "(a - y)"), nodes)
    assert report, str(report)


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("wrong", ["(a + y)", "2(a - y)", "(a - y)/2"])
def test_a_wrong_claim_is_wrong_whatever_stands_around_it(nodes, line, wrong):
    report = check_derivation(written(line, wrong), nodes)
    assert any(each.holds is False for each in report.lines), str(report)


@pytest.mark.parametrize(
    "line",
    [
        "dL/da = a - y <- w",
        "dL/da = a - y -> 2w",
        "dL/da = a - y (2)",
        "dL/da = a - y (w)",
        r"$$\frac{dL}{da} \overset{2w}{\to} a - y$$",
        r"$$\frac{dL}{da} = a - y \square w$$",
        r"\begin{align} \frac{dL}{da} &= a - y & w \end{align}",
    ],
)
def test_what_may_be_mathematics_is_not_left_out_in_silence(nodes, line):
    assert not check_derivation(line, nodes)


RULE = r"\frac{\partial L}{\partial z} = (a - y)a(1 - a)"
CHANGED = [
    "minus $RULE$",
    "twice $RULE$",
    "$2$ $RULE$",
    "$-$$RULE$",
    "half of $RULE$",
    "the negative of $RULE$",
    "the square of $RULE$",
    "$w$ times $RULE$",
    "$RULE$ with a minus sign",
    "$RULE$ with opposite sign",
    "$RULE$, but with the sign flipped",
    "$RULE$ (with the sign reversed)",
    "$RULE$, and then times $w$",
    "$RULE$, then doubled",
    "$RULE$ and finally divided by $m$",
    "$RULE$, all over $m$",
    "dL/dz = (a-y)a(1-a) with a minus sign",
    "dL/dz = (a-y)a(1-a), and then times w",
]
SAID = [
    r"$\frac{\partial L}{\partial z}$ is minus $a$",
    r"$\frac{\partial L}{\partial z}$ is twice $a$",
    r"$\frac{\partial L}{\partial z}$ is the negative of $(a - y)$",
    r"$\frac{\partial L}{\partial z}$ is then simply $(a - y)$",
    r"$\frac{\partial L}{\partial z}$ gives $a$",
    "dL/dz gives a - y",
    "\\begin{tabular}{ll}\n$\\partial L/\\partial z$ & $a - y$ \\\\\n\\end{tabular}",
    "dL/dz is minus (a - y)",
    "The derivative with respect to $z$ is $a - y$.",
    "The derivative of $L$ with respect to $z$ is $a - y$.",
]
UNCHANGED = [
    "By the chain rule $RULE$, where the minus sign comes from the loss",
    "$RULE$ since the minus signs cancel",
    "$RULE$ and the factor 2 cancels",
    "The derivative of $RULE$",
    "With respect to $z$ we get $RULE$",
    "the derivative with respect to $z$ is $RULE$",
    "The gradient of the loss $L$ is $RULE$",
    "$L$: $RULE$",
    r"$\Rightarrow$ $RULE$",
    "Recall that the derivative of $x^2$ is $2x$. $RULE$",
    "Damit gilt $RULE$, wobei $a = \\sigma(z)$",
    "mit dL/da = a - y und da/dz = a(1 - a)",
    "dL/da = a − y sowie da/dz = a(1−a)",
]


@pytest.mark.parametrize("line", [*CHANGED, *SAID])
def test_words_that_make_another_formula_of_it_leave_it_unread(nodes, line):
    report = check_derivation("dL/da = a - y\n" + line.replace("RULE", RULE), nodes)
    assert len(report.unread) == 1, report
    assert [each.holds for each in report.lines] == [True]


@pytest.mark.parametrize("line", UNCHANGED)
def test_words_that_only_tell_of_a_formula_leave_it_as_it_is(nodes, line):
    report = check_derivation(line.replace("RULE", RULE), nodes)
    assert report, report


@pytest.mark.parametrize(
    "heading",
    [
        "# {}",
        "# Computing {}",
        "\\section{{{}}}",
        "\\subsection*{{Then {}}}",
        "**{}**",
    ],
)
def test_a_claim_in_a_heading_is_a_claim(nodes, heading):
    right, wrong = (check_derivation(heading.format(f"dL/da = {formula}"), nodes) for formula in ("a - y", "a + y"))
    assert [line.holds for line in (*right.lines, *wrong.lines)] == [True, False]


@pytest.mark.parametrize("line", ["# Step 1: find dL/da", "# dL/da", "# L = 3", "\\section{Backpropagation}"])
def test_a_heading_without_a_claim_is_prose(nodes, line):
    assert check_derivation("dL/da = a - y\n" + line, nodes).prose == (line,)


@pytest.mark.parametrize(
    "page",
    [
        "$$\\frac{\\partial L}{\\partial z} = \\text{(chain rule)}$$\n$$a - y$$",
        "\\[\\frac{\\partial L}{\\partial z} = (a - y)a(1 - a)\\]\n\\[w\\]",
        "\\begin{align}\\text{for } z &= a - y\\end{align}",
        "\\frac{\\partial L}{\\partial z} \\neq (a-y)a(1-a)",
    ],
)
def test_a_formula_that_claims_nothing_by_itself_is_not_passed_over(nodes, page):
    report = check_derivation("dL/da = a - y\n" + page, nodes)
    assert report.unread
    assert not report


@pytest.mark.parametrize(
    "line",
    [r"At the optimum, $\frac{\partial L}{\partial w} = 0$.", r"$\frac{\partial L}{\partial w} = 0$ at a minimum"],
)
def test_what_holds_at_an_optimum_is_no_claim_about_this_point(nodes, line):
    assert check_derivation("dL/da = a - y\n" + line, nodes)


@pytest.mark.parametrize(
    "line",
    ["w = -0,18", "a = σ(-0,18)", "dL/da = (0,4551 − 1,0000)", "dL/dz = 1,0000·(a - y)a(1 - a)", "w = -0,18, y = 1"],
)
def test_a_decimal_comma_is_read_where_it_can_be_nothing_else(nodes, line):
    assert check_derivation(line, nodes)


@pytest.mark.parametrize("line", ["y = 1,0", "y = 0,1", "dL/da = 1,234"])
def test_a_comma_that_may_part_two_numbers_is_not_read(nodes, line):
    assert "or two" in check_derivation(line, nodes).unread[0].why


def test_a_key_may_be_a_name_at_an_earlier_time():
    before, x, u = Value(0.2), Value(0.5), Value(0.7)
    h = (u * before + x).tanh()
    nodes = {"h_{t-1}": before, "x_t": x, "u": u, "h_t": h}
    right = check_derivation(r"$\frac{\partial h_t}{\partial u} = (1 - h_t^2) h_{t-1}$", nodes)
    wrong = check_derivation(r"$\frac{\partial h_t}{\partial u} = (1 - h_t^2) h_t$", nodes)
    assert [line.holds for line in (*right.lines, *wrong.lines)] == [True, False]
