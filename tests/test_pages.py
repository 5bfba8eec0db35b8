"""What of a page is read as a claim, and as which: each tree is written down by hand, or read off the page by eye."""

import re
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spelled_trees import said, spelled
from written_pages import CLAIMS, PAGES, UNREAD

from autograd.notation.pages import read_page
from autograd.notation.syntax import Statement, Unread

KNOWN = {"L", "J", "w", "x", "b", "a", "y", "z", "h", "p", "n", "w1", "w2", "W", "W1", "ŷ", "t", "o", "E"}


def page(text, known=KNOWN):
    return read_page(text, known=set(known).__contains__)


def claims(text, known=KNOWN):
    found = page(text, known)
    assert not found.unread, found.unread
    return [said(statement) for statement in found.statements]


def parts(text, known=KNOWN):
    [statement] = page(text, known).statements
    return [spelled(part) for part in statement.parts]


def refused(text, known=KNOWN):
    found = page(text, known)
    assert not found.statements, [said(statement) for statement in found.statements]
    assert found.unread
    return found.unread[0]


# Whole pages


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_read_as_it_is_meant(name):
    known, text = PAGES[name]
    found = page(text, known.split())
    assert [f"{statement.place.line}: {said(statement)}" for statement in found.statements] == CLAIMS[name]
    assert [unread.number for unread in found.unread] == UNREAD.get(name, [])


@pytest.mark.parametrize("name", PAGES)
def test_a_line_of_words_is_prose_or_holds_a_claim(name):
    known, text = PAGES[name]
    found = page(text, known.split())
    told = {s.place.line for s in found.statements} | {unread.number for unread in found.unread}
    for number, line in enumerate(text.split("\n"), start=1):
        if len(re.findall(r"\b[A-Za-z]{3,}\b", line)) >= 4 and not re.search(r"[\\=]", line):
            assert line.strip() in found.prose or number in told


def test_the_words_around_a_formula_are_prose():
    found = page("We want the gradient.\n$$\\frac{dL}{dw} = x$$\nso that is it.")
    assert found.prose == ["We want the gradient.", "so that is it."]


def test_a_statement_tells_its_line_its_column_and_its_text():
    [statement] = page("\n  so $a = b$.").statements
    assert (statement.place.line, statement.place.column, statement.text, statement.texts) == (
        2,
        7,
        "a = b",
        ("a", "b"),
    )


# Marks of the text


MARKS = [
    "Step 1 ",
    "Step 1. ",
    "Step 1 - ",
    "Eq. 3 ",
    "Part (a) ",
    "Number 2: ",
    "- ",
    "– ",
    "* ",
    "+ ",
    "• ",
    "▪ ",
    "1. ",
    "12) ",
    "(a) ",
    "b) ",
    "(ii) ",
    "> ",
    "> - ",
    "### ",
    "=> ",
    "⇒ ",
    "-> ",
    "∴ ",
    "- [ ] ",
    "- [x] ",
    "1) ",
    "Step 1: ",
    "**Step 1:** ",
    "**So:** ",
    "① ",
    "(1) ",
    "\\item ",
    "So ",
    "Thus, ",
    "Hence: ",
    "Therefore ",
    "✓ ",
]


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("indent", ["", "    "])
def test_a_mark_at_the_start_of_a_line_is_no_mathematics(mark, indent):
    assert claims(f"{indent}{mark}dL/dw = (a − y)x") == ["d(L)/d(w) = ((a + -y) x)"]
    assert claims(f"{indent}{mark}$\\frac{{dL}}{{dw}} = -x$") == ["d(L)/d(w) = -x"]


@pytest.mark.parametrize("mark", ["− ", "-- ", "** ", "++ ", "--"])
def test_a_sign_that_may_be_a_bullet_or_a_minus_is_refused(mark):
    assert "as a bullet may" in refused(f"{mark}dL/dw = x").why


@pytest.mark.parametrize("mark", ["1.1 ", "[1] ", "2 ", "1. - "])
def test_a_number_that_may_count_lines_or_be_a_factor_is_refused(mark):
    assert "as its number may" in refused(f"{mark}dL/dw = x").why
    assert not page(f"{mark.rstrip(' -')} Backpropagation").unread


def test_a_dash_between_words_and_a_claim_may_be_a_minus():
    assert "a dash or a minus" in refused("We get - dL/dw = x").why


def test_a_sign_right_before_what_it_belongs_to_is_a_sign():
    assert claims("-dL/dw = -x\n(w) = a\n(a) * x = y\n1.5 - x = a") == [
        "-d(L)/d(w) = -x",
        "w = a",
        "(a * x) = y",
        "(1.5 + -x) = a",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "**dL/dw = x**", "*dL/dw = x*", "__dL/dw = x__", "_dL/dw = x_", "`dL/dw = x`", "dL/dw = **x**",
        "<b>dL/dw = x</b>",
        "dL/dw = x<br>", "[dL/dw = x](https://a.b/c=d)", "dL/dw = x.", "dL/dw = x,", "dL/dw = x;", "dL/dw = x  # so",
        "dL/dw = x // so", "dL/dw = x <-- so it is", "dL/dw = x   (3.1)", "dL/dw = x\t(3)", "dL/dw = x ✅",
        "| dL/dw = x | so |",
        "dL/dw (the slope) = x", "dL/dw = x (by the chain rule)", "The slope is dL/dw = x, as x goes in.",
        "dL/dw = x because of the input", "```\ndL/dw = x\n```", "```math\n\\frac{dL}{dw} = x\n```", "$dL/dw = x$",
        "\\(dL/dw = x\\)", "\\[dL/dw = x\\]", "$$dL/dw = x \\tag{3}$$", "$$\\boxed{dL/dw = x}$$", "$`dL/dw = x`$",
        "\\begin{equation}\\label{eq:1} dL/dw = x \\end{equation}", "$\\displaystyle{\\frac{dL}{dw}} = x$",
        "dL/dw\n  = x",
        "dL/dw =\n  x", "$$dL/dw$$ $$= x$$", "\\begin{align*} dL/dw \\\\ &= x \\end{align*}", "dL/dw ≈ x", "dL/dw ≡ x",
    ],
)  # fmt: skip
def test_what_stands_around_a_claim_leaves_it_as_it_is(text):
    assert claims(text) == ["d(L)/d(w) = x"]


# Prose


@pytest.mark.parametrize(
    "line",
    [
        "The learning rate = 0.5 here", "batch size = 32", "x = input", "where x = input and w = weight", "a → z → L",
        "---",
        "dL/dw = slope of the loss", "see https://a.b/c?x=y for more", "x is the input, w the weight", "y ∈ {0,1}",
        "| a | b |",
        "![x = 3](y.png)", "Loss → A2 → Z2", "Did I do it right?", "3.2 Backpropagation", "Thanks!", "# L = 3",
        "$x$ is in $W$",
        "the output $a$, and so on", "$f: \\mathbb{R} \\to \\mathbb{R}$", "It's non-linear, i.e. a and b differ.",
        "a, b, c",
    ],
)  # fmt: skip
def test_prose_is_no_claim(line):
    found = page(line)
    assert not found.statements
    assert not found.unread
    assert found.prose == [line]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("The derivative of x² = 2x", "write the whole claim in symbols"),
        ("the derivative of L with respect to w = x", "write the whole claim in symbols"),
        ("half of dL/dw = x", "write the whole claim in symbols"),
        ("dL/dw = x times a", "write the whole claim in symbols"),
        ("dL/dw = x per example", "write the whole claim in symbols"),
        ("dL/dw is x(a - y)", "write ="),
        ("dL/dw: x(a - y)", "write ="),
        (r"$\frac{\partial L}{\partial w}$ is $x(a - y)$", "write ="),
        ("dL/dw, dL/db = x, 1", "one by one"),
        ("dL/dw = x, 1", "one by one"),
        ("dL/dw = x . y", "one by one"),
        (r"$\frac{dL}{dw} = x \quad y$", "one by one"),
        ("dL/dw = x     y", "one by one"),
        ("dL/dw = x if y", "stands before a condition"),
        ("the slope for w = (a - y)*x + the slope for b", "for what this holds"),
        ("w → w - 0.1 dL/dw", "w ← w"),
        (r"$\Delta w \propto -\frac{dL}{dw}$", "proportional"),
        ("dL/dw = x (3)", "number of the line, or a factor"),
        ("so dL/dw = x", "a node here, or a word"),
    ],
)
def test_a_claim_that_words_take_part_in_is_unread_and_not_cut(line, says):
    assert says in refused(line, KNOWN | {"so"}).why


def test_two_claims_on_a_line_are_two():
    both = ["d(L)/d(w) = x", "d(L)/d(b) = 1"]
    for joint in (", ", "; ", " and ", ", and ", "    ", " ⇒ ", ". So ", " so that "):
        assert claims(f"dL/dw = x{joint}dL/db = 1") == both, joint
    for joint in (
        r"\quad",
        r"\qquad ",
        r",\;",
        r"\Rightarrow ",
        r"\implies ",
        r"\text{ and }",
        r"\\",
        "$ and $",
        "$, $",
        "$ $",
    ):
        assert claims(rf"$\frac{{dL}}{{dw}} = x{joint}\frac{{dL}}{{db}} = 1$") == both, joint
    assert claims(r"\begin{align} \frac{dL}{dw} &= x & \frac{dL}{db} &= 1 \end{align}") == both


def test_an_and_within_a_condition_joins_no_claims():
    assert parts("J*0 = p > 2 and n > 0 or a > 3") == ["(J * 0)", "or(and((p > 2),(n > 0)),(a > 3))"]


# What a claim holds for


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("dL/dx_i = a_i for all i", "for i"),
        ("dL/dx_i = a_i ∀ i", "for i"),
        ("For every i: dL/dx_i = a_i", "for i"),
        ("dL/dx_i = a_i for i = 1..3", "for i=1..3"),
        ("dL/dx_i = a_i (i = 1, …, n)", "for i=1..n"),
        ("dL/dx_i = a_i, i = 1, 2, 3", "for i=1..3"),
        (r"$\frac{dL}{dx_i} = a_i, \quad i = 1, \dots, N$", "for i=1..N"),
        (r"$\frac{dL}{dx_i} = a_i \text{ for all } i \in \{1, \dots, n\}$", "for i=1..n"),
        ("dL/dx_i = a_i for all i, j", "for i for j"),
        ("dL/dx_i = a_i for i ≠ j", "for i if (i != j)"),
        ("dL/dx_i = a_i if i = j", "for i if (i == j)"),
        ("dL/dx_i = a_i, i = j", "for i if (i == j)"),
        ("If i = j:\ndL/dx_i = a_i", "for i if (i == j)"),
        ("If $i = j$, then\n$$\\frac{dL}{dx_i} = a_i$$", "for i if (i == j)"),
        ("dL/dx_i = a_i for y = 1", "where y=1"),
        ("when y = 1, dL/dx_i = a_i", "where y=1"),
        ("With y = 1, w = 2 we get dL/dx_i = a_i", "where y=1 where w=2"),
        ("dL/dx_i = a_i if z > 0", "for  if (z > 0)"),
    ],
)
def test_what_a_claim_holds_for_goes_with_it(text, reading):
    assert claims(text) == [f"d(L)/d(x_{{i}}) = a_{{i}} {reading}"]


def test_a_claim_that_goes_on_under_another_condition_is_another():
    text = "dp_j/da_i = p_j(1 - p_j) if i = j\n  = -p_i p_j if i ≠ j"
    assert claims(text) == [
        "d(p_{j})/d(a_{i}) = (p_{j} (1 + -p_{j})) for i if (i == j)",
        "d(p_{j})/d(a_{i}) = (-p_{i} p_{j}) for i if (i != j)",
    ]


def test_otherwise_makes_cases():
    assert claims("da/dz = 1 if z > 0, otherwise 0") == ["d(a)/d(z) = cases(1 if (z > 0); 0 if not)"]
    assert claims("da/dz = 1 if z > 0 else 0") == ["d(a)/d(z) = cases(1 if (z > 0); 0 if not)"]
    assert "Python" in refused("da/dz = 1 if z else 0").why
    assert "Python" in refused("da/dz = 1 if z > 0 else 0 if z < 0 else h").why


def test_a_line_that_begins_with_an_equals_sign_goes_on_with_the_last():
    text = "dL/dw = dL/da da/dz dz/dw\n      = (a - y) a(1 - a) x\nso dL/db = a - y"
    assert len(claims(text)) == 2
    assert len(parts(text.partition("\nso")[0])) == 3
    assert "left of =" in refused("= x").why


def test_a_line_that_cannot_be_read_leaves_the_others():
    found = page("dL/dw = (a - y\ndL/db = a - y\n$$\\frac{dL}{da$$\ndL/dw = |x")
    assert [said(statement) for statement in found.statements] == ["d(L)/d(b) = (a + -y)"]
    assert [unread.number for unread in found.unread] == [1, 3, 4]


# Updates


@pytest.mark.parametrize(
    "text",
    [
        "w ← w - 0.1 x",
        "w := w - 0.1 x",
        "w <- w - 0.1 x",
        r"$w \leftarrow w - 0.1 x$",
        r"$w := w - 0.1 x$",
        "w ≔ w - 0.1 x",
    ],
)
def test_an_update_is_an_update(text):
    assert claims(text) == ["w ← (w + -(0.1 x))"]


def test_a_definition_is_no_update():
    assert claims(r"$\hat y := wx + b$") == ["ŷ = (wx + b)"]
    assert claims("w_new = w - 0.1*x\nw^+ = w\nw' = w") == ["w_{new} = (w + -(0.1 * x))", "w^{+} = w", "w' = w"]
    assert claims("w -= 0.1*x") == ["w -= (0.1 * x)"]


# Letters


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("w₁", "w_{1}"), ("w_1", "w_{1}"), ("W₁₂", "W_{1,2}"), ("x²", "x^{2}"), ("x⁻¹", "x**-1"), ("z⁽²⁾", "z^(2)"),
        ("wˡ⁺¹", "w^{(l + 1)}"),
        ("Wᵀ", "W.T"), ("W⊤", "W.T"), ("𝜕𝐿/𝜕𝑤", "d(L)/d(w)"), ("a · b", "(a · b)"), ("a × b", "(a · b)"), ("a • b",
        "(a · b)"), ("a ⋅ b", "(a · b)"),
        ("a ⊙ b", "(a ⊙ b)"), ("a ∘ b", "(a ⊙ b)"), ("a − b", "(a + -b)"), ("a – b", "(a + -b)"), ("a ÷ b", "(a / b)"),
        ("½a", "(0.5 a)"),
        ("y\u0302", "ŷ"), ("ŷ", "ŷ"), ("θ", "θ"), ("ϵ", "ε"), ("√x", "sqrt(x)"), ("Σᵢ xᵢ", "sum[i](x_{i})"),
        ("∑_i x_i", "sum[i](x_{i})"),
        ("‖x‖²", "norm(x)**2"), ("|x|", "bars(x)"), ("σ(z)", "sigmoid(z)"), ("σ′(z)", "sigmoid'(z)"), ("∇_w L",
        "d(L)/d(w)"),
    ],
)  # fmt: skip
def test_letters_as_pages_have_them(text, reading):
    assert parts(f"{text} = a")[0] == reading


# LaTeX


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        (r"\frac{\partial L}{\partial w}", "d(L)/d(w)"),
        (r"\dfrac{\mathrm{d}L}{\mathrm{d}w}", "d(L)/d(w)"),
        (r"\partial L/\partial w", "d(L)/d(w)"),
        (r"\frac{\partial}{\partial w} L", "d(L)/d(w)"),
        (r"\frac{d}{dw}\left(wx + b\right)", "d((wx + b))/d(w)"),
        (r"\frac{\partial \log p_i}{\partial w}", "d(log(p_{i}))/d(w)"),
        (r"\frac{\partial J(\theta)}{\partial \theta_j}", "d(J)/d(θ_{j})"),
        (r"\frac{\partial \mathcal{J}(w, b)}{\partial w}", "d(J)/d(w)"),
        (r"\frac{\partial h_\theta(x^{(i)})}{\partial \theta_j}", "d(h_{θ}<x^(i)>)/d(θ_{j})"),
        (r"\nabla_w \mathcal{L}(w)", "d(L)/d(w)"),
        (r"\nabla f(w)", "d(f)/d(w)"),
        (r"\mathcal{L}(w)", "L<w>"),
        (r"y \log \sigma(z)", "(y log(sigmoid(z)))"),
        (r"\Delta w_{ij}", "Δw_{i,j}"),
        (r"N_\mathrm{in}", "N_{in}"),
        (r"g^{[1]'}(z)", "g^[1]'<z>"),
        (r"\frac{dL}{{dw}_{1}}", "d(L)/d(w_{1})"),
        (r"\frac{\delta L}{\delta w}", "d(L)/d(w)"),
        (r"\nabla_{W^{(2)}} J", "d(J)/d(W^(2))"),
        (r"\left.\frac{dL}{dw}\right|_{w=2}", "d(L)/d(w)|w=2"),
        (r"\frac12 x", "((1 / 2) x)"),
        (r"\frac1n\sum_i x_i", "((1 / n) sum[i](x_{i}))"),
        (r"\sum_{k=1}^{K} a_k b", "sum[k=1..K]((a_{k} b))"),
        (r"\sum\limits_{k \neq j} a_k + b", "(sum[k if (k != j)](a_{k}) + b)"),
        (r"\prod_i x_i", "prod[i](x_{i})"),
        (r"\hat{y}_i", "ŷ_{i}"),
        (r"\hat{y_i}", "ŷ_{i}"),
        (r"\bar x", "x̄"),
        (r"\mathbf{W}^{[2]\top}\mathbf{x}", "(W^[2].T x)"),
        (r"W^{(2)T} x", "(W^(2).T x)"),
        (r"w_{ij}^{(l)}", "w_{i,j}^(l)"),
        (r"w^{(l)}_{i,j}", "w_{i,j}^(l)"),
        (r"w_{k-1}", "w_{(k + -1)}"),
        (r"w_ix_i", "(w_{i} x_{i})"),
        (r"x^2y", "(x^{2} y)"),
        (r"(x_1)^2", "x_{1}**2"),
        (r"E_{total}", "E_{total}"),
        (r"\text{net}_{h1}", "net_{h,1}"),
        (r"e^{-z}", "e**-z"),
        (r"\ln(1-a)", "log((1 + -a))"),
        (r"y\log \hat y", "(y log(ŷ))"),
        (r"\tanh^2(z)", "tanh(z)**2"),
        (r"\operatorname{sech}^2 z", "sech(z)**2"),
        (r"\max\{0, z\}", "maximum(0,z)"),
        (r"\mathbb{1}[z > 0]", "indicator((z > 0))"),
        (r"\mathbf 1_{j = y}", "indicator((j == y))"),
        (r"\lVert a - y \rVert_2^2", "norm((a + -y))**2"),
        (r"\text{softmax}(z)_i", "softmax(z)_{i}"),
        (r"\langle w, x \rangle", "dot(w,x)"),
        (r"h_\theta(x^{(i)})", "h_{θ}<x^(i)>"),
        (r"\underbrace{(a-y)}_{\text{error}} x", "((a + -y) x)"),
        (r"2.76 \times 10^{-1}", "2.76e-1"),
        (r"0{,}75", "0.75"),
        (r"\begin{cases} 1 & \text{if } z > 0 \\ 0 & \text{otherwise} \end{cases}", "cases(1 if (z > 0); 0 if not)"),
        (r"\begin{bmatrix} a & b \\ x & y \end{bmatrix}^T", "[[a,b],[x,y]].T"),
        (r"\{1 - a\}\,\big(x\bigr)", "((1 + -a) x)"),
    ],
)
def test_formulas_of_latex(text, reading):
    assert parts(f"${text} = c$")[0] == reading
    assert parts(f"$${text} = c$$")[0] == reading


# Products, and what can be read two ways


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("2x", "(2 x)"), ("h(1-h)", "(h (1 + -h))"), ("(a - y)x", "((a + -y) x)"), ("w_2 h", "(w_{2} h)"),
        ("O(1-O)[u(1-u)I]", "(O (1 + -O) (u (1 + -u) I))"),
        ("dL/da da/dz", "(d(L)/d(a) d(a)/d(z))"), ("∂L/∂a ∂a/∂z", "(d(L)/d(a) d(a)/d(z))"), ("f(x)", "f<x>"),
        ("L(a, y)", "L<a,y>"), ("L'(w)", "L'<w>"),
        ("d/dw L", "d(L)/d(w)"), ("d(L)/d(w)", "d(L)/d(w)"), ("1/2 (a - y)^2", "((1 / 2) (a + -y)**2)"),
        ("1/m Σ_i x_i", "((1 / m) sum[i](x_{i}))"),
        ("W[0][1]", "W[0,1]"), ("W[0, 1]", "W[0,1]"), ("W[i]", "W[i]"), ("a₁[j]", "a_{1}[j]"),
        ("1{z > 0}", "(1 (z > 0))"), ("sigma(z)", "sigmoid(z)"), ("h[1-h]", "(h (1 + -h))"), ("a/b*x",
        "((a / b) * x)"), ("a*b·x", "((a * b) · x)"),
        ("ln a + b", "(log(a) + b)"), ("-ln(a) y", "(-log(a) y)"), ("e^-z", "e**-z"), ("W^T x", "(W.T x)"), ("W^(1)",
        "W^(1)"), ("W^[1]", "W^[1]"),
        ("x**2", "x**2"), ("x^2", "x^{2}"), ("(a - y)^2", "(a + -y)**2"), ("x'", "x'"), ("w_new", "w_{new}"), ("y_hat",
        "y_{hat}"), ("sum_k w_k x_k", "sum[k]((w_{k} x_{k}))"),
    ],
)  # fmt: skip
def test_formulas_of_plain_text(text, reading):
    assert parts(f"{text} = c", KNOWN | {"O", "u", "I"})[0] == reading


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1/2x = y", "(a/b)*c or a/(b*c)"),
        ("x/2(a-y) = b", "(a/b)*c or a/(b*c)"),
        ("1/x y = a", "(a/b)*c or a/(b*c)"),
        ("a/bx = y", "a/(b*x)"),
        ("ln a b = y", "ln(a)*b or ln(a*b)"),
        ("x = 0,1", "write a point"),
        ("x = 1,000", "write a point"),
        ("δ = a\n$\\frac{\\delta L}{\\delta w} = x$", "a name here, or a ∂"),
    ],
)
def test_what_can_be_read_two_ways_is_refused_with_both(text, says):
    assert says in page(text).unread[0].why


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("dL/dw = (a - y", 9, "never closed"), ("dL/dw = a - y)", 14, "not expected"),
        ("dL/dw = a -", 12, "something is missing"),
        ("dL/dw", 1, "put ="), ("dL/dw == x", 1, "one ="), ("dL/dw > 0", 1, "put ="),
        ("d2L/dw2 = 3", 1, "∂²u/∂v²"),
        (r"$\frac{\partial^3 L}{\partial w^3} = 3$", 16, "the second are read"), (r"$\pd{L}{w} = x$", 2, r"\pd"),
        (r"\input{x} = 3", 1, r"\input"),
        (r"\newcommand{\pd}{x}", 1, r"\newcommand"), (r"$\frac{dL}{dw} = x", 1, "no partner"),
        (r"\[ x = y", 1, r"\] is missing"), (r"\begin{align} x", 1, "is missing"),
        ("x = a % b", 7, "percentage"), ("dL/dw = a ... b", 11, "write it out"), ("∇L = x", 1, "∇_w L"),
        ("∂L = x", 1, "∂J/∂w"), ("dL/dw = [p for p in x]", 12, "Python"),
        ("dL/dw = lambda x", 9, "Python"), ("dL/dw = {x}", 9, "( )"), ("dL/dw = __import__('os')", 20, "text"),
        ("exp = 3", 1, "function"), ("x = 1e999", 5, "float"),
        (r"$\sqrt[n]{x} = a$", 2, "those of a number"), (r"$x_{} = a$", 3, "empty"), (r"$\frac{}{x} = a$", 7, "above"),
        (r"$x \overset{!}{=} a$", 4, "above ="),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_by_column(text, column, says):
    found = refused(text)
    assert (found.number, found.column) == (1, column)
    assert says in found.why


def test_deep_nesting_is_refused_without_recursion():
    for nest in (
        "(" * 3000,
        "-" * 4000,
        "[" * 4000,
        "2**" * 1200,
        "not " * 900,
        "√" * 3000,
        "Σ_i " * 900,
        "|x + " * 900,
        "x^(" * 900,
    ):
        assert "nested more than 50 deep" in refused(f"dL/dw = {nest}a").why
    for nest in (r"\frac{1}{", r"x^{", r"x_{", r"\sqrt{", r"\hat{", r"{", r"\left(", r"\begin{cases} "):
        assert refused(f"$$y = {nest * 3000}$$")


# Pages that are long, or no pages at all


@pytest.mark.parametrize(
    "text",
    [
        "$$" + r"\sum_{i} " * 20_000 + "x = 1$$", "$$" + "{" * 190_000 + "$$",
        "$ " * 90_000, "$x" * 90_000, ("**a " * 1000 + "\n") * 40,
        r"\[" * 90_000, r"\( x " * 38_000, r"\begin{align} x " * 11_000, "`a " * 60_000, "```\n" * 45_000,
        "_a" * 2_400, "- " * 2_400 + "x = y",
        "$$" + r"\text{a b " * 18_000 + "$$", "$$" + r"\mathbf{" * 22_000 + "$$",
        ("[a" * 1000 + "\n") * 60, "y = (x\n" * 2_000, "= x\n" * 5_000,
        "$$" + " x & " * 38_000 + "$$", ("$x = y$ and so " * 250 + "\n") * 30, "p > 1 and " * 480 + "p = 1",
    ],
    ids=range(20),
)  # fmt: skip
def test_no_page_takes_long(text):
    start = perf_counter()
    page(text)
    assert perf_counter() - start < 20


def test_a_page_that_is_too_long_is_refused_whole():
    with pytest.raises(ValueError, match="200000 are read"):
        page("dL/dw = x\n" * 100_000)
    assert "5000" in refused("dL/dw = " + "a + " * 2000 + "a").why


PIECES = [
    r"\frac", "{", "}", "(", ")", "[", "]", "^", "_", "|", r"\left", r"\begin{cases}", r"\end{cases}", "$", "$$", "&",
    r"\\", "=", ",", ".", "'", "d", "∂", "/",
    "Σ", "²", "ᵢ", "if ", "for ", "and ", "**", "`", "- ", "1. ", "∇", "√", "‖", "…", "\\", "\n", r"\text{if }",
    r"\hat", r"\sum", ":=", " so ", "∈", "∀", "0,5",
    r"\[", r"\]", r"\(", r"\)", "```\n", "x", "y", "a", "L", "w", "1", "2", "+", "-", "*", " ", "  ", "dL/dw", "the ",
    "=\n",
]  # fmt: skip


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_text_is_sorted_without_an_error(text):
    found = page(text)
    assert all(isinstance(statement, Statement) and len(statement.parts) >= 2 for statement in found.statements)
    assert all(isinstance(unread, Unread) and unread.column >= 1 for unread in found.unread)
    lines = text.split("\n")
    assert all(1 <= statement.place.line <= len(lines) for statement in found.statements)


def test_a_condition_on_a_line_of_its_own_holds_for_the_claims_right_below_it():
    text = "For y = 1:\n- dL/da = -1/a\n- dL/dz = a - 1\n\ndL/db = a - y"
    assert claims(text) == [
        "d(L)/d(a) = (-1 / a) where y=1",
        "d(L)/d(z) = (a + -1) where y=1",
        "d(L)/d(b) = (a + -y)",
    ]
    assert claims("If y = 1 the loss is simple.\ndL/dw = x") == ["d(L)/d(w) = x"]


def test_a_line_that_begins_with_a_sign_ends_the_claim_above_only_if_it_stands_below_its_right_side():
    assert claims("dL/dw = x(a - y)\n      + b\n      - 2x") == ["d(L)/d(w) = ((x (a + -y)) + b + -(2 x))"]
    assert "or be a bullet" in page("dL/dw = x\n- b").unread[0].why


@pytest.mark.parametrize("mark", ["   (2)", "   [2]", " ②", "②"])
def test_the_number_of_a_line_is_no_factor_at_its_end(mark):
    [statement] = read_page(f"dL/dw = (y-a)x{mark}", known={"L", "w", "y", "a", "x"}.__contains__).statements
    assert statement.texts == ("dL/dw", "(y-a)x")


@pytest.mark.parametrize(
    "line",
    ["dL/dw = (y-a)x (2)", "dL/dw = (y-a)x [2]", "dL/dw = (y-a)x — (2)", "dL/dw = (y-a)x — 2"]
    + [f"{mark}dL/dw = (y-a)x" for mark in ("2.1 ", "[2] ", "2 - ", "1.- ", "2/ ")],
)
def test_what_may_be_the_number_of_a_line_or_a_factor_is_not_read(line):
    page = read_page(line, known={"L", "w", "y", "a", "x"}.__contains__)
    assert not page.statements
    assert "number" in page.unread[0].why


@pytest.mark.parametrize("mark", [r"\text{ (2)}", r"\textbf{2}", r"\text{[2]}", r"\mbox{(2a)}"])
def test_a_number_that_is_set_as_text_is_no_factor(mark):
    page = read_page(rf"$\frac{{dL}}{{dw}} = (y-a)x {mark}$", known={"L", "w", "y", "a", "x"}.__contains__)
    assert not page.statements
    assert "number of the line" in page.unread[0].why


@pytest.mark.parametrize(
    "line",
    [
        r"$\underbrace{dL/dw = (y-a)x}_{\text{gradient}}$",
        r"$$\overline{\frac{\partial L}{\partial w} = (y-a)x}$$",
        "dL/dw *= (a-y)x",
        "dL/dw /= (a-y)x",
    ],
)
def test_a_claim_that_is_framed_or_changes_a_number_in_place_is_not_passed_over(line):
    page = read_page(line, known={"L", "w", "y", "a", "x"}.__contains__)
    assert not page.statements
    assert page.unread
